// Topics as Kafka's own Java consumer reads them: by a program that shares nothing with this project.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("ReadTopics.java", import.meta.url));

/**
 * @param {import("./broker.mjs").Broker} broker
 * @param {"read_committed" | "read_uncommitted"} isolation
 * @param {...string} topics
 */
export async function readTopics(broker, isolation, ...topics) {
  const { stdout } = await run(
    "java",
    [
      "-XX:TieredStopAtLevel=1",
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
      ...["-cp", `${broker.jars}/*`, PROGRAM],
      ...[broker.address, isolation, ...topics],
    ],
    { maxBuffer: 2 ** 30 },
  );
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : recordOf(line)));
}

/** @param {string} line */
function recordOf(line) {
  const [topic, partition, offset, timestamp, timestampType, key, value, headers] = line.split("\t");
  return {
    topic,
    ...{ partition: Number(partition), offset: Number(offset) },
    ...{ timestamp: Number(timestamp), timestampType: Number(timestampType) },
    ...{ key: bytesOf(key), value: bytesOf(value), headers: headers === "" ? [] : headers.split(",") },
  };
}

/** @param {string} text */
function bytesOf(text) {
  return text === "-" ? null : text;
}
