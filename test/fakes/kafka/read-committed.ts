import { readBatchHeader, readBatchRecords } from "./fake-batch-reader.js";
import type { StoredRecord } from "./fake-record.js";
import type { RawClient } from "./raw-client.js";

/** What a read_committed consumer sees in [from, to) of partition 0: written to be short, as a check of the log and of the truth. */
export async function readCommitted(
  client: RawClient,
  range: { readonly topicId: string; readonly from: number; readonly to: number; readonly maxBytes?: number },
): Promise<StoredRecord[]> {
  const seen: StoredRecord[] = [];
  for (let offset = range.from; offset < range.to; ) {
    const { records, aborted, error, stable } = await client.fetch({ ...range, offset });
    if (error !== 0 || range.to > stable) throw new RangeError(`error ${error} at ${offset}, stable to ${stable}`);
    // At least one batch comes where there is one: compaction left a hole up to the last stable offset.
    if (records.length === 0) break;
    const open = [...(aborted ?? [])].sort(([, one], [, other]) => one - other);
    const dropped = new Set<number>();
    for (let at = 0; at + 12 <= records.length; ) {
      const size = new DataView(records.buffer, records.byteOffset + at).getInt32(8) + 12;
      if (at + size > records.length) break;
      const bytes = records.subarray(at, at + size);
      const batch = readBatchHeader(bytes);
      while (open[0] !== undefined && open[0][1] <= batch.last) dropped.add(open.shift()![0]);
      if (batch.control) dropped.delete(batch.producerId);
      else if (!batch.transactional || !dropped.has(batch.producerId)) seen.push(...readBatchRecords(bytes));
      offset = Math.max(offset, batch.last + 1);
      at += size;
    }
  }
  return seen.filter((record) => record.offset >= range.from && record.offset < range.to);
}
