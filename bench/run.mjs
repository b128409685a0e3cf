// npm run bench [-- name ...]: runs the benchmarks named (default: all) on the built package and prints, per figure,
// the median with minimum and maximum. Every contestant of a comparison runs in the same process, in turns.
import { cpus, totalmem } from "node:os";
import { durable } from "./durable.mjs";
import { kafka } from "./kafka.mjs";
import { kafkaDecode } from "./kafka-decode.mjs";
import { kafkaMemory } from "./kafka-memory.mjs";
import { latency } from "./latency.mjs";
import { windowed } from "./windowed.mjs";

const BENCHES = {
  windowed,
  latency,
  durable,
  kafka,
  "kafka-decode": kafkaDecode,
  "kafka-memory": kafkaMemory,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`Unknown benchmark: ${unknown.join(", ")}. There are: ${Object.keys(BENCHES).join(", ")}.`);
  process.exit(2);
}

console.log(
  `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB\n`,
);
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) await BENCHES[name]();
