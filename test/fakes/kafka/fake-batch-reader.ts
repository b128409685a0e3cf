import { CRC_FROM } from "./fake-batch-writer.js";
import { fakeCodecOf } from "./fake-codecs.js";
import { fakeCrc32c } from "./fake-crc32c.js";
import type { StoredRecord } from "./fake-record.js";
import { WireReader } from "./wire-reader.js";

const HEADER = 61;

/** What the header of a batch says. */
export interface BatchHeader {
  readonly base: number;
  readonly size: number;
  readonly last: number;
  readonly magic: number;
  readonly codec: number;
  readonly maxTimestamp: number;
  readonly appendTime: boolean;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly producerId: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly count: number;
}

/** Throws a RangeError where there are too few bytes for a header. */
export function readBatchHeader(bytes: Uint8Array): BatchHeader {
  const from = new WireReader(bytes, false);
  const base = from.int64();
  const size = from.int32() + 12;
  from.int32();
  const magic = from.int8();
  from.int32();
  const attributes = from.int16();
  const last = base + from.int32();
  from.int64();
  const maxTimestamp = from.int64();
  const stamp = { producerId: from.int64(), epoch: from.int16(), sequence: from.int32(), count: from.int32() };
  const flags = {
    codec: attributes & 7,
    appendTime: (attributes & 8) !== 0,
    transactional: (attributes & 16) !== 0,
    control: (attributes & 32) !== 0,
  };
  return { base, size, last, magic, maxTimestamp, ...stamp, ...flags };
}

export function hasSoundCrc(batch: Uint8Array): boolean {
  return new DataView(batch.buffer, batch.byteOffset).getUint32(17) === fakeCrc32c(batch.subarray(CRC_FROM));
}

/** The records of one whole batch. Throws a RangeError where they do not fill it exactly. */
export function readBatchRecords(batch: Uint8Array): StoredRecord[] {
  const header = readBatchHeader(batch);
  const baseTimestamp = Number(new DataView(batch.buffer, batch.byteOffset).getBigInt64(27));
  const packed = batch.subarray(HEADER, header.size);
  const from = new WireReader(header.codec === 0 ? packed : fakeCodecOf(header.codec).decompress(packed), false);
  const records = Array.from({ length: header.count }, () => {
    const record = readRecord(new WireReader(from.varbytes()!, false), { base: header.base, baseTimestamp });
    return header.appendTime ? { ...record, timestamp: header.maxTimestamp } : record;
  });
  if (from.left > 0) throw new RangeError(`${from.left} bytes behind the last record`);
  return records;
}

function readRecord(from: WireReader, start: { readonly base: number; readonly baseTimestamp: number }): StoredRecord {
  from.int8();
  const timestamp = start.baseTimestamp + from.varint();
  const offset = start.base + from.varint();
  const key = from.varbytes();
  const value = from.varbytes();
  const headers = Array.from({ length: from.varint() }, () => {
    const name = new TextDecoder().decode(from.varbytes()!);
    return [name, from.varbytes()] as const;
  });
  if (from.left > 0) throw new RangeError(`${from.left} bytes behind the headers of offset ${offset}`);
  return { offset, timestamp, key, value, headers };
}
