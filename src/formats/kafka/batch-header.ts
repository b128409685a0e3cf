import { BatchDamage } from "./batch-damage.js";
import { crc32c } from "./crc32c.js";

/** A batch's header, with its place in the bytes that it stands in. */
export interface BatchHeader {
  readonly baseOffset: number;
  /** Where the next batch begins. */
  readonly end: number;
  /** Behind the last record there ever was; compaction leaves it where it is. */
  readonly nextOffset: number;
  readonly lastOffsetDelta: number;
  /** 0: not compressed; else an index of CODEC_NAMES. */
  readonly codec: number;
  /** The broker's time counts, `maxTimestamp`, not the records' own. */
  readonly isLogAppendTime: boolean;
  readonly isTransactional: boolean;
  /** It holds no data, but how a transaction ended. */
  readonly isControl: boolean;
  /** Milliseconds; out of the range of exact numbers they mean nothing but "far away". */
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: bigint;
  readonly records: number;
  /** Where the records begin. */
  readonly from: number;
}

/** Bytes up to and including the magic number, which says how to read the rest. */
const PREFIX_BYTES = 17;
/** Bytes before the part that `batchLength` counts. */
const UNCOUNTED_BYTES = 12;
export const BATCH_HEADER_BYTES = 61;
/** The checksum covers everything from the attributes on. */
const CHECKED_FROM = 21;
const MAGIC = 2;
/** length, attributes, timestamp, offset, key, value, headers: a byte each at least. */
const LEAST_RECORD_BYTES = 7;

/** Where the batch at `at` ends; null when it does not end within the bytes. @throws BatchDamage for a length that no batch has. */
export function batchEnd(view: DataView, at: number): number | null {
  if (view.byteLength - at < PREFIX_BYTES) return null;
  const length = view.getInt32(at + 8);
  if (length < PREFIX_BYTES - UNCOUNTED_BYTES) throw new BatchDamage(`its length is said to be ${length} bytes`);
  const end = at + UNCOUNTED_BYTES + length;
  return end > view.byteLength ? null : end;
}

function baseOffsetAt(view: DataView, at: number): number {
  const offset = int64At(view, at);
  if (!(offset >= 0 && offset <= Number.MAX_SAFE_INTEGER))
    throw new BatchDamage(`its first offset is said to be ${offset}`);
  return offset;
}

/** The header of the batch [at, end), verified against its checksum where that is asked for. @throws BatchDamage */
export function readBatchHeader(
  bytes: Uint8Array,
  view: DataView,
  { at, end, checkCrcs }: { at: number; end: number; checkCrcs: boolean },
): BatchHeader {
  requireMagic(view.getInt8(at + 16));
  if (end - at < BATCH_HEADER_BYTES) throw new BatchDamage(`it has ${end - at} bytes, less than its header`);
  if (checkCrcs && crc32c(bytes, at + CHECKED_FROM, end) !== view.getUint32(at + 17)) {
    throw new BatchDamage("its bytes do not match its checksum (CRC-32C)");
  }
  const header = headerOf(view, at, end);
  requireCounts(header);
  return header;
}

function requireMagic(magic: number): void {
  if (magic === MAGIC) return;
  if (magic === 0 || magic === 1) {
    throw new BatchDamage(
      `it has the old message format ${magic}, which brokers wrote before Kafka 0.11 and which is not read`,
    );
  }
  throw new BatchDamage(`it has the unknown message format ${magic}`);
}

function headerOf(view: DataView, at: number, end: number): BatchHeader {
  const baseOffset = baseOffsetAt(view, at);
  const attributes = view.getInt16(at + CHECKED_FROM);
  const lastOffsetDelta = view.getInt32(at + 23);
  return {
    baseOffset,
    end,
    nextOffset: baseOffset + lastOffsetDelta + 1,
    lastOffsetDelta,
    codec: attributes & 7,
    isLogAppendTime: (attributes & 8) !== 0,
    isTransactional: (attributes & 16) !== 0,
    isControl: (attributes & 32) !== 0,
    baseTimestamp: int64At(view, at + 27),
    maxTimestamp: int64At(view, at + 35),
    producerId: view.getBigInt64(at + 43),
    records: view.getInt32(at + 57),
    from: at + BATCH_HEADER_BYTES,
  };
}

function requireCounts({ records, lastOffsetDelta }: BatchHeader): void {
  if (lastOffsetDelta < 0) throw new BatchDamage(`its last offset is said to be ${lastOffsetDelta} behind its first`);
  if (records < 0 || records > lastOffsetDelta + 1) {
    throw new BatchDamage(`it is said to hold ${records} records at ${lastOffsetDelta + 1} offsets`);
  }
}

/** Before memory is set aside for the records. @throws BatchDamage where so many do not fit into the bytes. */
export function requireRoomFor(records: number, bytes: number): void {
  if (records * LEAST_RECORD_BYTES <= bytes) return;
  throw new BatchDamage(`it is said to hold ${records} records in ${bytes} bytes`);
}

/** What can be told of a batch that is damaged. */
export interface BatchOutline {
  readonly baseOffset: number;
  /** The offset behind it, where its header is at one with itself: each count is believed only because the other says the same. */
  readonly nextOffset: number | null;
}

/** Null where nothing can be told, not even where the next batch begins. */
export function outlineOf(view: DataView, at: number): BatchOutline | null {
  try {
    const end = batchEnd(view, at);
    return end === null ? null : { baseOffset: baseOffsetAt(view, at), nextOffset: plausibleNextOffset(view, at, end) };
  } catch {
    return null;
  }
}

function plausibleNextOffset(view: DataView, at: number, end: number): number | null {
  if (end - at < BATCH_HEADER_BYTES || view.getInt8(at + 16) !== MAGIC) return null;
  const lastOffsetDelta = view.getInt32(at + 23);
  const records = view.getInt32(at + 57);
  return lastOffsetDelta >= 0 && records === lastOffsetDelta + 1 ? baseOffsetAt(view, at) + records : null;
}

/** What a writer says of its batch. */
export interface NewBatch {
  readonly codec: number;
  readonly records: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: bigint;
  readonly epoch: number;
  readonly sequence: number;
  readonly isTransactional: boolean;
}

const NO_LEADER_EPOCH = -1;

/** Puts the header in front of the records, which stand there already; with the checksum. Offsets begin at 0: the broker sets them. */
export function writeBatchHeader(bytes: Uint8Array, batch: NewBatch): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setBigInt64(0, 0n);
  view.setInt32(8, bytes.length - UNCOUNTED_BYTES);
  view.setInt32(12, NO_LEADER_EPOCH);
  view.setInt8(16, MAGIC);
  view.setInt16(CHECKED_FROM, batch.codec | (batch.isTransactional ? 16 : 0));
  view.setInt32(23, batch.records - 1);
  view.setBigInt64(27, BigInt(batch.baseTimestamp));
  view.setBigInt64(35, BigInt(batch.maxTimestamp));
  view.setBigInt64(43, batch.producerId);
  view.setInt16(51, batch.epoch);
  view.setInt32(53, batch.sequence);
  view.setInt32(57, batch.records);
  view.setUint32(17, crc32c(bytes, CHECKED_FROM, bytes.length));
}

function int64At(view: DataView, at: number): number {
  return view.getInt32(at) * 0x1_0000_0000 + view.getUint32(at + 4);
}
