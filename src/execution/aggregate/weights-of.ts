import type { Chunk } from "../../columnar/chunk.js";

/** Weights by entry (i-th selected row) instead of by physical row; null = all +1. */
export function weightsOf(chunk: Chunk, rows: Int32Array, count: number): Int32Array | null {
  const byRow = chunk.weights;
  if (byRow === null || chunk.sel === null) return byRow;
  const weights = new Int32Array(count);
  for (let i = 0; i < count; i++) weights[i] = byRow[rows[i]];
  return weights;
}
