import type { CodecName } from "../../../src/formats/kafka/codec-registry.js";
import { FAKE_CODECS } from "./fake-codecs.js";
import { fakeCrc32c } from "./fake-crc32c.js";
import type { StoredRecord } from "./fake-record.js";
import { WireWriter } from "./wire-writer.js";

/** Everything that is not said of it: no producer, no codec. */
export interface FakeBatch {
  readonly base: number;
  /** Offsets may have holes, but none is past `last`. */
  readonly records: readonly StoredRecord[];
  /** The last record's offset when left out. */
  readonly last?: number;
  readonly codec?: CodecName | undefined;
  readonly leaderEpoch?: number;
  readonly producerId?: number;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** All records have this timestamp, and the batch says so. */
  readonly appendTime?: number | undefined;
}

/** The crc covers what stands from here on. */
export const CRC_FROM = 21;

const LOG_APPEND_TIME = 8;
const TRANSACTIONAL = 16;
const CONTROL = 32;

/** A record batch of format 2. */
export function encodeFakeBatch(batch: FakeBatch): Uint8Array {
  const times = batch.records.map((record) => record.timestamp);
  const body = new WireWriter()
    .int16(attributesOf(batch))
    .int32((batch.last ?? batch.records.at(-1)?.offset ?? batch.base) - batch.base)
    .int64(times[0] ?? 0)
    .int64(batch.appendTime ?? times.reduce((most, time) => Math.max(most, time), times[0] ?? -1))
    .int64(batch.producerId ?? -1)
    .int16(batch.epoch ?? -1)
    .int32(batch.sequence ?? -1)
    .int32(batch.records.length)
    .raw(recordBytes(batch))
    .done();
  return new WireWriter()
    .int64(batch.base)
    .int32(body.length + CRC_FROM - 12)
    .int32(batch.leaderEpoch ?? -1)
    .int8(2)
    .int32(fakeCrc32c(body) | 0)
    .raw(body)
    .done();
}

function attributesOf(batch: FakeBatch): number {
  return (
    (batch.codec === undefined ? 0 : FAKE_CODECS[batch.codec].id) |
    (batch.appendTime === undefined ? 0 : LOG_APPEND_TIME) |
    (batch.transactional ? TRANSACTIONAL : 0) |
    (batch.control ? CONTROL : 0)
  );
}

function recordBytes(batch: FakeBatch): Uint8Array {
  const out = new WireWriter();
  for (const record of batch.records) out.varbytes(oneRecord(record, batch));
  return batch.codec === undefined ? out.done() : FAKE_CODECS[batch.codec].compress(out.done());
}

function oneRecord(record: StoredRecord, batch: FakeBatch): Uint8Array {
  const out = new WireWriter()
    .int8(0)
    .varint(record.timestamp - batch.records[0]!.timestamp)
    .varint(record.offset - batch.base)
    .varbytes(record.key)
    .varbytes(record.value)
    .varint(record.headers.length);
  for (const [key, value] of record.headers) out.varbytes(new TextEncoder().encode(key)).varbytes(value);
  return out.done();
}

/** The one record of a control batch that ends a transaction. */
export function markerRecord(offset: number, marker: { commit: boolean; timestamp: number }): StoredRecord {
  return {
    offset,
    timestamp: marker.timestamp,
    key: new WireWriter()
      .int16(0)
      .int16(marker.commit ? 1 : 0)
      .done(),
    value: new WireWriter().int16(0).int32(0).done(),
    headers: [],
  };
}

/** The batch as a topic with message.timestamp.type=LogAppendTime keeps it; in place. */
export function stampAppendTime(batch: Uint8Array, now: number): Uint8Array {
  const view = new DataView(batch.buffer, batch.byteOffset);
  view.setInt16(21, view.getInt16(21) | LOG_APPEND_TIME);
  view.setBigInt64(35, BigInt(now));
  view.setUint32(17, fakeCrc32c(batch.subarray(CRC_FROM)));
  return batch;
}
