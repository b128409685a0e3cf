import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Broker } from "../../tools/kafka/broker.mjs";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("ReadTopics.java", import.meta.url));

/** A record as Kafka's own Java consumer gives it; bytes as hexadecimal digits. */
export interface ReadRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: number;
  readonly key: string | null;
  readonly value: string | null;
  /** In order, `key=value`. */
  readonly headers: readonly string[];
}

/** All records of the topics, read by a program that shares nothing with the library; each partition in order. */
export async function readTopics(
  broker: Broker,
  isolation: "read_committed" | "read_uncommitted",
  ...topics: readonly string[]
): Promise<readonly ReadRecord[]> {
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

function recordOf(line: string): ReadRecord {
  const [topic = "", partition, offset, timestamp, timestampType, key, value, headers = ""] = line.split("\t");
  const bytes = (text: string | undefined) => (text === undefined || text === "-" ? null : text);
  return {
    topic,
    ...{ partition: Number(partition), offset: Number(offset) },
    ...{ timestamp: Number(timestamp), timestampType: Number(timestampType) },
    ...{ key: bytes(key), value: bytes(value), headers: headers === "" ? [] : headers.split(",") },
  };
}
