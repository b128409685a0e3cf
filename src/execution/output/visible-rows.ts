import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import { splitChunk } from "../../columnar/chunk-of.js";
import { compactChunk } from "../../columnar/compact.js";
import { takeChunk } from "../../columnar/take.js";
import type { OutputShape } from "../../plan/streaming-plan.js";
import type { OutputBatch } from "./output-batch.js";

/** The visible columns of a root chunk, all its rows. */
export function visibleChunk(chunk: Chunk, { visible, visibleCount }: OutputShape): Chunk {
  const columns = chunk.columns.length === visibleCount ? chunk.columns : chunk.columns.slice(0, visibleCount);
  return { ...chunk, schema: visible, columns, partition: null, rowBounds: null };
}

/** Rows without a selection and without weights: a row of weight k stands k times. No weight is below 0. */
export function repeatedRows(chunk: Chunk): Chunk {
  const { weights } = chunk;
  if (weights === null) return compactChunk(chunk);
  const rows = chunk.sel ?? Int32Array.from({ length: chunk.length }, (_, row) => row);
  let total = 0;
  for (const row of rows) total += weights[row];
  const repeated = new Int32Array(total);
  let length = 0;
  for (const row of rows) for (let k = weights[row]; k > 0; k--) repeated[length++] = row;
  return { ...takeChunk(chunk, repeated, length), weights: null };
}

/** As batches of at most CHUNK_ROWS; none for a chunk without rows. */
export function batchesOf(chunk: Chunk): OutputBatch[] {
  if (chunk.length === 0) return [];
  return splitChunk(chunk, CHUNK_ROWS).map((piece) => ({ chunk: piece, op: null }));
}
