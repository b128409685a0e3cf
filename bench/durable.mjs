// What a durable checkpoint costs, against the same run without one: per trigger, per snapshot, per recovery. Everything
// is synced to the disk that the temporary directory is on, and so is the reference, the publish of one small file.
import { link, mkdtemp, open, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeVector, Table } from "apache-arrow";
import { count, float64, int64, MemoryStream, max, Session, sum, window } from "millrace";
import { countingSink } from "./counting-sink.mjs";
import { eventBatches, ipcOf } from "./events.mjs";
import { quantile, spread } from "./statistics.mjs";

const MILLION = 1_000_000;
const SMALL = new Uint8Array(400).fill(32);

export async function durable() {
  const directory = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  try {
    await smallTriggers(join(directory, "small"));
    await largeTriggers(join(directory, "large"));
    await manyGroups(join(directory, "groups"));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** One write, sync, link and sync of the folder: what the protocol does three times per trigger. */
async function publish(directory, name) {
  const temporary = join(directory, `${name}.tmp`);
  const file = await open(temporary, "wx");
  await file.write(SMALL);
  await file.sync();
  await file.close();
  await link(temporary, join(directory, name));
  await unlink(temporary);
  const folder = await open(directory, "r");
  await folder.sync();
  await folder.close();
}

/** 1,000 changed groups per trigger. */
async function smallTriggers(directory) {
  const batches = Array.from({ length: 400 }, (_, b) => rowsOf(1000, b));
  await compare("1,000 changed groups per trigger", batches, (checkpoint) => keyedQuery(checkpoint), directory);
}

/** W1: 10 s tumbling window x 10,000 keys, 100,000 rows per trigger. */
async function largeTriggers(directory) {
  const batches = eventBatches({ batches: 60, rows: 100_000, keys: 10_000 }).map(ipcOf);
  await compare(
    "W1, 100,000 rows per trigger",
    batches,
    (checkpoint) => windowedQuery(batches[0], checkpoint),
    directory,
  );
}

async function compare(title, batches, start, directory) {
  const plain = await start(null);
  const kept = await start(directory);
  const disk = await mkdtemp(`${directory}-disk-`);
  /** @type {Record<string, number[]>} */
  const times = { plain: [], durable: [], publish: [], added: [], perGroup: [] };
  for (const [i, batch] of batches.entries()) {
    times.publish.push(await timed(() => publish(disk, `entry-${i}`)));
    const without = await timed(() => plain.process(batch));
    const before = kept.changed();
    const withIt = await timed(() => kept.process(batch));
    times.plain.push(without);
    times.durable.push(withIt);
    times.added.push(withIt - without);
    times.perGroup.push(kept.changed() - before);
  }
  await plain.stop();
  await kept.stop();
  const counted = (all) => all.slice(Math.floor(all.length / 4));
  console.log(`${title}; ms per trigger, p50 / p99`);
  for (const name of ["plain", "durable", "publish"]) {
    console.log(
      `  ${name.padEnd(8)} ${quantile(counted(times[name]), 0.5).toFixed(2)} / ${quantile(counted(times[name]), 0.99).toFixed(2)}`,
    );
  }
  const changed = quantile(counted(times.perGroup), 0.5);
  console.log(`  added at p50: ${quantile(counted(times.added), 0.5).toFixed(2)} ms for ${changed} changed groups\n`);
}

/** A million groups: the snapshot that the first trigger writes, and what a restart needs until it runs. */
async function manyGroups(directory) {
  const rows = rowsOf(MILLION, 0);
  /** @type {Record<string, number[]>} */
  const times = { plain: [], durable: [], recovery: [] };
  for (let round = 0; round < 5; round++) {
    const plain = await keyedQuery(null);
    times.plain.push(await timed(() => plain.process(rows)));
    await plain.stop();
    const at = `${directory}-${round}`;
    const kept = await keyedQuery(at);
    times.durable.push(await timed(() => kept.process(rows)));
    await kept.stop();
    const begun = process.hrtime.bigint();
    const again = await keyedQuery(at, kept.stream);
    times.recovery.push(milliseconds(begun));
    await again.stop();
    // Or every round writes beside more pages that the system has yet to write.
    await rm(at, { recursive: true });
  }
  const perGroup = times.durable.map((time, i) => ((time - times.plain[i]) * 1e6) / MILLION);
  console.log("1,000,000 groups; median (min-max)");
  console.log(`  snapshot, added to the trigger, ns per group: ${spread(perGroup)}`);
  console.log(`  recovery, ms: ${spread(times.recovery)}\n`);
}

/** One batch of the keys 0 .. length - 1 as an Arrow table, made before anything is measured. */
function rowsOf(length, batch) {
  const keys = new BigInt64Array(length);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    keys[i] = BigInt(i);
    values[i] = (i + batch) % 1000;
  }
  return new Table({ key: makeVector(keys), value: makeVector(values) });
}

async function keyedQuery(checkpoint, stream = new MemoryStream({ key: int64(), value: float64() })) {
  const session = new Session();
  const frame = session.readStream
    .memory(stream)
    .groupBy("key")
    .agg({ n: count(), total: sum("value"), top: max("value") });
  const query = await running(frame, checkpoint);
  return { ...query, stream, process: (rows) => query.add(stream, rows) };
}

async function windowedQuery(example, checkpoint) {
  const session = new Session();
  const stream = new MemoryStream(session.createDataFrame(example).schema);
  const frame = session.readStream
    .memory(stream)
    .withWatermark("ts", "10 seconds")
    .groupBy(window("ts", "10 seconds"), "key")
    .agg({ count: count(), sum: sum("value"), max: max("value") });
  const query = await running(frame, checkpoint);
  return { ...query, process: (ipc) => query.add(stream, ipc) };
}

async function running(frame, checkpoint) {
  const { choice, rows } = countingSink();
  const writer = frame.writeStream
    .outputMode("update")
    .option("maxRowsPerTrigger", 10 * MILLION)
    .sink(choice);
  const query = await (checkpoint === null ? writer : writer.checkpoint(checkpoint)).start();
  return {
    changed: rows,
    add: async (stream, data) => {
      stream.add(data);
      await query.processAllAvailable();
    },
    stop: () => query.stop(),
  };
}

async function timed(work) {
  const begun = process.hrtime.bigint();
  await work();
  return milliseconds(begun);
}

function milliseconds(begun) {
  return Number(process.hrtime.bigint() - begun) / 1e6;
}
