import type { Schema } from "../types/data-type.js";
import type { Chunk } from "./chunk.js";
import type { Column } from "./column.js";
import { nullColumn } from "./null-column.js";
import { sliceChunk } from "./slice.js";

/** A chunk of plain insertions: every row selected once, of no partition. */
export function chunkOf(schema: Schema, columns: readonly Column[], length: number): Chunk {
  return { schema, columns, length, sel: null, weights: null, partition: null, rowBounds: null };
}

/** A chunk without rows. */
export function emptyChunk(schema: Schema): Chunk {
  return chunkOf(
    schema,
    schema.fields.map((field) => nullColumn(field.type, 0)),
    0,
  );
}

export function selectedCount(chunk: Chunk): number {
  return chunk.sel === null ? chunk.length : chunk.sel.length;
}

/** The chunk cut into pieces of at most `maxRows` physical rows, as views; always the same cuts. A chunk without rows gives one piece. */
export function splitChunk(chunk: Chunk, maxRows: number): Chunk[] {
  if (chunk.length <= maxRows) return [chunk];
  const pieces: Chunk[] = [];
  for (let from = 0; from < chunk.length; from += maxRows) {
    pieces.push(sliceChunk(chunk, from, Math.min(chunk.length, from + maxRows)));
  }
  return pieces;
}
