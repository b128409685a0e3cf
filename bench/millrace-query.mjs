// W1 on the built package through its public API: Arrow IPC bytes in, changed groups as columns out.
import { count, MemoryStream, max, Session, sum, window } from "millrace";

/**
 * @param {Uint8Array} example IPC bytes that carry the schema
 * @returns {Promise<{ process: (ipc: Uint8Array) => Promise<number>, stop: () => Promise<void> }>}
 */
export async function startWindowedQuery(example) {
  const session = new Session();
  const stream = new MemoryStream(session.createDataFrame(example).schema);
  let changed = 0;
  const query = await session.readStream
    .memory(stream)
    .withWatermark("ts", "10 seconds")
    .groupBy(window("ts", "10 seconds"), "key")
    .agg({ count: count(), sum: sum("value"), max: max("value") })
    .writeStream.outputMode("update")
    .foreachBatch((batch) => {
      for (const recordBatch of batch.recordBatches()) changed += recordBatch.numRows;
    })
    .start();
  return {
    process: async (ipc) => {
      changed = 0;
      stream.add(ipc);
      await query.processAllAvailable();
      return changed;
    },
    stop: () => query.stop(),
  };
}
