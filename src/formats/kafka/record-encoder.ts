import type { BytesColumn, Int64Column, ListColumn } from "../../columnar/column.js";
import type { CodecName, Compressors } from "./codec-registry.js";

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

/** Record batches of format 2, with as many records as fit in each. */
export function encodeRecordBatches(rows: RecordRows, options: EncodeOptions): readonly Uint8Array[] {
  throw new Error(`not built yet: ${rows.rows.length} ${options.compression}`);
}
