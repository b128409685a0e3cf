// W1: 10 s tumbling window x key (10k keys): count, sum, max; the changed groups after each batch of 100k rows.
import { decode, eventBatches, ipcOf } from "./events.mjs";
import { handFused } from "./hand-fused.mjs";
import { startWindowedQuery } from "./millrace-query.mjs";
import { plainObjects, rowsOf } from "./plain-objects.mjs";
import { quantile, spread } from "./statistics.mjs";

const ROWS = 100_000;
const BATCHES = 60;
const KEYS = 10_000;
/** The first quarter is warm-up (compilation) and not counted. */
const WARM_UP = BATCHES / 4;

export async function windowed() {
  const batches = eventBatches({ batches: BATCHES, rows: ROWS, keys: KEYS });
  const encoded = batches.map(ipcOf);
  const query = await startWindowedQuery(encoded[0]);
  const loop = handFused();
  const plain = plainObjects();
  const times = { millrace: [], loop: [], plain: [] };
  for (let b = 0; b < BATCHES; b++) {
    const changed = {
      loop: timed(times.loop, () => loop(decode(encoded[b]))),
      millrace: await timedAsync(times.millrace, () => query.process(encoded[b])),
      plain: 0,
    };
    // Made when the others are done: a collection in their time would have to copy these objects.
    const rows = rowsOf(batches[b]);
    changed.plain = timed(times.plain, () => plain(rows));
    if (changed.loop !== changed.millrace || changed.loop !== changed.plain) {
      throw new Error(`batch ${b}: the contestants disagree: ${JSON.stringify(changed)} changed groups`);
    }
  }
  await query.stop();
  print(times);
}

function timed(times, work) {
  const begun = process.hrtime.bigint();
  const result = work();
  times.push(Number(process.hrtime.bigint() - begun) / ROWS);
  return result;
}

async function timedAsync(times, work) {
  const begun = process.hrtime.bigint();
  const result = await work();
  times.push(Number(process.hrtime.bigint() - begun) / ROWS);
  return result;
}

function print(times) {
  console.log(
    `W1: tumbling window x ${KEYS} keys, ${BATCHES - WARM_UP} batches of ${ROWS} rows; ns per row, median (min-max)`,
  );
  for (const [name, all] of Object.entries(times)) console.log(`  ${name.padEnd(10)} ${spread(all.slice(WARM_UP))}`);
  const ratios = times.millrace.slice(WARM_UP).map((time, i) => time / times.loop[WARM_UP + i]);
  console.log(`  millrace / hand-fused loop, batch by batch: ${spread(ratios, 2)}`);
  console.log(
    `  plain objects / millrace: ${(quantile(times.plain.slice(WARM_UP), 0.5) / quantile(times.millrace.slice(WARM_UP), 0.5)).toFixed(1)}\n`,
  );
}
