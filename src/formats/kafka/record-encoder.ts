import { allocateBytes } from "../../columnar/buffers.js";
import type { BytesColumn, Int64Column, ListColumn } from "../../columnar/column.js";
import { BATCH_HEADER_BYTES, writeBatchHeader } from "./batch-header.js";
import { codecMissing } from "./batch-payload.js";
import { BatchWriter, int32Size, int64Size } from "./batch-writer.js";
import { CODEC_NAMES, type CodecName, type Compress, type Compressors } from "./codec-registry.js";
import { OptionalBytes, RecordHeaders } from "./record-contents.js";
import { RecordTimestamps } from "./record-timestamps.js";

/** Columns by physical row; a column that is not there is NULL, or the time of writing. */
export interface RecordRows {
  readonly key: BytesColumn | null;
  readonly value: BytesColumn | null;
  /** list<struct<key utf8, value binary?>>, as kafkaSchema has it. */
  readonly headers: ListColumn | null;
  /** Microseconds. NULL: the time of writing. */
  readonly timestamps: Int64Column | null;
  /** The physical rows to write, in order. */
  readonly rows: Int32Array;
}

/** What the header of a batch says of its producer; producerId -1 for none. */
export interface ProducerStamp {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly sequence: number;
  readonly isTransactional: boolean;
}

export interface EncodeOptions {
  /** Batches are cut so that none is larger before compression; a record that is gets a batch of its own. */
  readonly maxBatchBytes: number;
  readonly compression: "none" | CodecName;
  readonly compressors: Compressors;
  /** The time of writing, for rows without a timestamp. */
  readonly nowMs: number;
  /** Asked once per batch, in order, with the number of its records. */
  readonly stamp: (records: number) => ProducerStamp;
}

/**
 * Record batches of format 2, with as many records as fit in each.
 * @throws FormatError CODEC_MISSING, KAFKA_HEADER_NULL
 */
export function encodeRecordBatches(rows: RecordRows, options: EncodeOptions): readonly Uint8Array[] {
  const encoder = new RecordEncoder(rows, options);
  for (const row of rows.rows) encoder.add(row);
  return encoder.finish();
}

/** Offset and timestamp are relative to the first record's; offsets to 0, which the broker replaces. */
class RecordEncoder {
  readonly #options: EncodeOptions;
  readonly #compress: Compress | null;
  readonly #keys: OptionalBytes;
  readonly #values: OptionalBytes;
  readonly #headers: RecordHeaders;
  readonly #timestamps: RecordTimestamps;
  readonly #writer = new BatchWriter();
  readonly #batches: Uint8Array[] = [];
  #records = 0;
  #baseTimestamp = 0;
  #maxTimestamp = 0;

  constructor(rows: RecordRows, options: EncodeOptions) {
    this.#options = options;
    this.#compress = compressOf(options);
    this.#keys = new OptionalBytes(rows.key);
    this.#values = new OptionalBytes(rows.value);
    this.#headers = new RecordHeaders(rows.headers);
    this.#timestamps = new RecordTimestamps(rows.timestamps, options.nowMs);
    this.#writer.at = BATCH_HEADER_BYTES;
  }

  add(row: number): void {
    const millis = this.#timestamps.millisAt(row);
    const content = this.#keys.sizeAt(row) + this.#values.sizeAt(row) + this.#headers.sizeAt(row);
    if (this.#records > 0 && this.#writer.at + this.#sizeOf(content, millis) > this.#options.maxBatchBytes)
      this.#close();
    if (this.#records === 0) {
      this.#baseTimestamp = millis;
      this.#maxTimestamp = millis;
    }
    this.#write(row, content, millis);
    this.#maxTimestamp = Math.max(this.#maxTimestamp, millis);
    this.#records++;
  }

  /** Of what the record's length counts: all but itself. */
  #bodySize(content: number, millis: number): number {
    return 1 + int64Size(millis - this.#baseTimestamp) + int32Size(this.#records) + content;
  }

  #sizeOf(content: number, millis: number): number {
    const body = this.#bodySize(content, millis);
    return int32Size(body) + body;
  }

  #write(row: number, content: number, millis: number): void {
    const writer = this.#writer;
    const body = this.#bodySize(content, millis);
    writer.reserve(body + MOST_VARINT_BYTES);
    writer.int32(body);
    writer.bytes[writer.at++] = 0;
    writer.int64(millis - this.#baseTimestamp);
    writer.int32(this.#records);
    this.#keys.write(writer, row);
    this.#values.write(writer, row);
    this.#headers.write(writer, row);
  }

  #close(): void {
    const writer = this.#writer;
    const stamp = this.#options.stamp(this.#records);
    const records = writer.bytes.subarray(BATCH_HEADER_BYTES, writer.at);
    const batch =
      this.#compress === null ? writer.bytes.slice(0, writer.at) : withRoomForHeader(this.#compress(records));
    writeBatchHeader(batch, {
      ...stamp,
      codec: CODEC_NAMES.indexOf(this.#options.compression),
      records: this.#records,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#maxTimestamp,
    });
    this.#batches.push(batch);
    writer.at = BATCH_HEADER_BYTES;
    this.#records = 0;
  }

  finish(): readonly Uint8Array[] {
    if (this.#records > 0) this.#close();
    return this.#batches;
  }
}

const MOST_VARINT_BYTES = 5;

function compressOf({ compression, compressors }: EncodeOptions): Compress | null {
  if (compression === "none") return null;
  const compress = compressors[compression];
  if (compress === undefined) {
    const hint = "Choose another compression; zstd is written by Node 22.15 and later.";
    throw codecMissing(compression, `Writing with compression '${compression}'`, { hint });
  }
  return compress;
}

function withRoomForHeader(records: Uint8Array): Uint8Array {
  const batch = allocateBytes(BATCH_HEADER_BYTES + records.length);
  batch.set(records, BATCH_HEADER_BYTES);
  return batch;
}
