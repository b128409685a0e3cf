import type { CodecName } from "../../../src/formats/kafka/codec-registry.js";
import { readBatchRecords } from "./fake-batch-reader.js";
import { encodeFakeBatch } from "./fake-batch-writer.js";
import { FAKE_CODECS } from "./fake-codecs.js";
import type { StoredRecord } from "./fake-record.js";
import type { LogBatch, PartitionLog } from "./partition-log.js";

/**
 * As the log cleaner: below the last stable offset, and never in the newest batch, only the last record of each key stays;
 * records of aborted transactions and without a key go. Batches keep the offsets they span; one that is left empty stays
 * only as the last of its producer. Gives the offset up to which it cleaned.
 */
export function compactLog(log: PartitionLog): number {
  const bound = Math.min(log.stable, log.batches.at(-1)?.base ?? log.start);
  const newest = newestOffsets(log, bound);
  const lasts = new Map(log.batches.filter((batch) => !batch.control).map((batch) => [batch.producerId, batch.base]));
  const kept = log.batches.map((batch) => {
    if (batch.base >= bound || batch.control) return batch.bytes;
    const records = readBatchRecords(batch.bytes).filter((one) => newest.get(keyOf(one)) === one.offset);
    const needed = batch.producerId >= 0 && lasts.get(batch.producerId) === batch.base;
    return records.length > 0 || needed ? shrunk(batch, records) : null;
  });
  log.replace(kept.filter((bytes) => bytes !== null));
  return bound;
}

function keyOf(record: StoredRecord): string | null {
  return record.key === null ? null : Buffer.from(record.key).toString("hex");
}

function newestOffsets(log: PartitionLog, bound: number): Map<string | null, number> {
  const newest = new Map<string | null, number>();
  for (const batch of log.batches) {
    if (batch.base >= bound || batch.control || log.isAborted(batch)) continue;
    for (const record of readBatchRecords(batch.bytes)) newest.set(keyOf(record), record.offset);
  }
  newest.delete(null);
  return newest;
}

function shrunk(batch: LogBatch, records: readonly StoredRecord[]): Uint8Array {
  if (records.length === batch.count) return batch.bytes;
  const codecs = Object.entries(FAKE_CODECS) as [CodecName, { id: number }][];
  const codec = codecs.find(([, { id }]) => id === batch.codec)?.[0];
  const leaderEpoch = new DataView(batch.bytes.buffer, batch.bytes.byteOffset).getInt32(12);
  const { appendTime, ...header } = batch;
  const kept = { records, leaderEpoch, appendTime: appendTime ? batch.maxTimestamp : undefined };
  return encodeFakeBatch({ ...header, ...kept, codec });
}
