import type { Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import type { Schema } from "../../types/data-type.js";

/** Rows of an output chunk: dense, all of weight +1 or all of weight -1. */
export function weightedChunk(
  schema: Schema,
  columns: readonly Column[],
  rows: { length: number; weight: 1 | -1 },
): Chunk {
  const weights = rows.weight === 1 ? null : new Int32Array(rows.length).fill(-1);
  return { schema, columns, length: rows.length, sel: null, weights, partition: null, rowBounds: null };
}
