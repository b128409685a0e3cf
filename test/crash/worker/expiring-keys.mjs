// A program that runs many small triggers: time moves on, keys come and expire, with a checkpoint. Every key is a new one.
// Arguments: the directory of the checkpoint, the number of triggers. Prints samples of its memory, as JSON.
import { Session, window } from "millrace";

const [directory, triggers] = process.argv.slice(2);
const ROWS_PER_TRIGGER = 100;
const SAMPLE_EVERY = 50;

const session = new Session();
const samples = [];
let rows = 0;
let query = null;

function sample(batch) {
  const { memoryUsedBytes, numRowsTotal } = query.lastProgress.stateOperators[0];
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  samples.push({ batch, rss, heap: heapUsed + external, state: memoryUsedBytes, groups: numRowsTotal });
}

query = await session.readStream
  .rateMicroBatch({ rowsPerBatch: ROWS_PER_TRIGGER, advanceMillisPerBatch: 1000 })
  .withWatermark("timestamp", "10 seconds")
  .groupBy(window("timestamp", "30 seconds"), "value")
  .count()
  .writeStream.checkpoint(directory, { fsync: false, retainBatches: 5 })
  .foreachBatch(async (frame, batch) => {
    rows += (await frame.collect()).length;
    if (batch > 0 && batch % SAMPLE_EVERY === 0) sample(batch);
    if (batch >= Number(triggers)) void query.stop();
  })
  .start();
await query.awaitTermination();
console.log(JSON.stringify({ samples, rows }));
