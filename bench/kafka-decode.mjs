// Decoding alone: record batches of 1M records to columns, beside kafkajs's own decoder on the same bytes, without a broker.
import { rm } from "node:fs/promises";
import { build } from "tsup";
import { quantile, spread } from "./statistics.mjs";

/** Beside the packages that the bundle needs, and in nobody's way. */
const OUT = new URL("../node_modules/.cache/millrace-bench/", import.meta.url);

export async function kafkaDecode() {
  const { decodeTimes, ROWS, VALUE_BYTES } = await bundled();
  const times = await decodeTimes();
  console.log(`Kafka: decoding ${ROWS} records of ${VALUE_BYTES} bytes; ns per record, median (min-max)`);
  for (const [name, all] of Object.entries(times)) console.log(`  ${name.padEnd(16)} ${spread(all, 0)}`);
  for (const name of ["all columns", "no checksums"]) {
    const ratio = quantile(times.kafkajs, 0.5) / quantile(times[name], 0.5);
    console.log(`  kafkajs, which looks at no checksum, / ${name}: ${ratio.toFixed(1)}`);
  }
  console.log("");
}

/** What it measures is no part of the package's public API. */
async function bundled() {
  const entry = { "kafka-decode": "bench/kafka-decode.ts" };
  const outDir = new URL(OUT).pathname;
  await build({ entry, outDir, config: false, format: "esm", target: "es2022", platform: "node", silent: true });
  try {
    return await import(new URL("kafka-decode.js", OUT).href);
  } finally {
    await rm(OUT, { recursive: true });
  }
}
