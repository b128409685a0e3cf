// W7: W1 with batches of 1,000 rows and of one row: time per trigger, from the IPC bytes to result columns in memory.
import { decode, eventBatches, ipcOf } from "./events.mjs";
import { handFused } from "./hand-fused.mjs";
import { startWindowedQuery } from "./millrace-query.mjs";
import { plainObjects, rowsOf } from "./plain-objects.mjs";
import { quantile } from "./statistics.mjs";

const KEYS = 10_000;
const SHAPES = [
  { rows: 1000, batches: 3000 },
  { rows: 1, batches: 6000 },
];

export async function latency() {
  for (const shape of SHAPES) await measure(shape);
}

async function measure({ rows, batches }) {
  const events = eventBatches({ batches, rows, keys: KEYS });
  const encoded = events.map(ipcOf);
  const query = await startWindowedQuery(encoded[0]);
  /** @type {Record<string, number[]>} */
  const contestants = { millrace: [], loop: [], plain: [] };
  const loop = handFused();
  const plain = plainObjects();
  for (let b = 0; b < batches; b++) {
    contestants.loop.push(micros(() => loop(decode(encoded[b]))));
    const begun = process.hrtime.bigint();
    await query.process(encoded[b]);
    contestants.millrace.push(Number(process.hrtime.bigint() - begun) / 1000);
    // Made when the others are done: a collection in their time would have to copy these objects.
    const objects = rowsOf(events[b]);
    contestants.plain.push(micros(() => plain(objects)));
  }
  await query.stop();
  print({ rows, batches, contestants });
}

function micros(work) {
  const begun = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begun) / 1000;
}

function print({ rows, batches, contestants }) {
  console.log(`W7: W1 in ${batches} batches of ${rows} row${rows === 1 ? "" : "s"}; microseconds per batch, p50 / p99`);
  for (const [name, all] of Object.entries(contestants)) {
    const counted = all.slice(batches / 4);
    console.log(`  ${name.padEnd(10)} ${quantile(counted, 0.5).toFixed(1)} / ${quantile(counted, 0.99).toFixed(1)}`);
  }
  console.log("");
}
