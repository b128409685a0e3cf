// A program whose state has no bound: ever new keys, no watermark, a limit on the state. Prints how that ended, as JSON.
import { makeVector, Table } from "apache-arrow";
import { int64, Session } from "millrace";

const KEYS = 10_000_000;
const ROWS = 100_000;
const LIMIT_BYTES = 256 * 2 ** 20;

let given = 0;
async function* keys() {
  for (; given < KEYS; given += ROWS) {
    yield new Table({ key: makeVector(BigInt64Array.from({ length: ROWS }, (_, i) => BigInt(given + i))) });
  }
}

async function codeOf(work) {
  try {
    await work;
    return null;
  } catch (error) {
    return error.code ?? String(error);
  }
}

const session = new Session();
const query = await session.readStream
  .schema({ key: int64() })
  .from(keys(), { maxBacklogRows: ROWS })
  .groupBy("key")
  .count()
  .writeStream.outputMode("update")
  .option("maxRowsPerTrigger", ROWS)
  .maxStateBytes(LIMIT_BYTES)
  .foreachBatch(() => {})
  .start();
const code = await codeOf(query.awaitTermination());
const { batchId, stateOperators } = query.lastProgress;
const { memoryUsedBytes: bytes, numRowsTotal: groups } = stateOperators[0];

const other = session.createDataFrame([{ key: 1 }, { key: 1 }, { key: 2 }]);
const after = (await other.groupBy("key").count().orderBy("key").collect()).map(({ count }) => Number(count));
const rssBytes = process.memoryUsage().rss;
console.log(JSON.stringify({ code, batches: batchId + 1, given, bytes, groups, rssBytes, after }));
