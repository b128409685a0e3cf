import type { Chunk } from "../../columnar/chunk.js";
import type { BytesColumn, Column, Int32Column, Int64Column, ListColumn } from "../../columnar/column.js";
import { plainColumn } from "../../columnar/decode-dictionary.js";
import type { RecordColumns } from "./record-columns.js";

/** The rows of a chunk as parts of records, by physical row; null: NULL in every row. */
export interface RecordParts {
  readonly length: number;
  readonly key: BytesColumn | null;
  readonly value: BytesColumn | null;
  readonly topic: BytesColumn | null;
  readonly partition: Int32Column | null;
  readonly headers: ListColumn | null;
  readonly timestamps: Int64Column | null;
}

/** Of a chunk without a selection. Text is plain here. */
export function recordPartsOf(chunk: Chunk, columns: RecordColumns): RecordParts {
  return {
    length: chunk.length,
    key: partOf(chunk, columns.key, "bytes"),
    value: partOf(chunk, columns.value, "bytes"),
    topic: partOf(chunk, columns.topic, "bytes"),
    partition: partOf(chunk, columns.partition, "int32"),
    headers: partOf(chunk, columns.headers, "list"),
    timestamps: partOf(chunk, columns.timestamp, "int64"),
  };
}

function partOf<L extends Column["layout"]>(
  chunk: Chunk,
  ordinal: number | null,
  layout: L,
): Extract<Column, { layout: L }> | null {
  const column = ordinal === null ? undefined : chunk.columns[ordinal];
  if (column === undefined) return null;
  const plain = plainColumn(column);
  return isOf(plain, layout) ? plain : null;
}

function isOf<L extends Column["layout"]>(column: Column, layout: L): column is Extract<Column, { layout: L }> {
  return column.layout === layout;
}
