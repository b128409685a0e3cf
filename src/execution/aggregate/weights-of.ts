import type { Chunk } from "../../columnar/chunk.js";

/** The weights of rows[0, count) by entry instead of by physical row; null = all +1. */
export function weightsOf(chunk: Chunk, rows: Int32Array, count: number): Int32Array | null {
  const byRow = chunk.weights;
  if (byRow === null || (chunk.sel === null && count === chunk.length)) return byRow;
  const weights = new Int32Array(count);
  for (let i = 0; i < count; i++) weights[i] = byRow[rows[i]];
  return weights;
}
