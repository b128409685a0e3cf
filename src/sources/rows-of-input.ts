import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import { splitChunk } from "../columnar/chunk-of.js";
import { fromArrow } from "../columnar/from-arrow.js";
import { chunkFromObjects } from "../columnar/from-objects.js";
import { SourceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import { conformChunk } from "./conform-chunk.js";

export type Row = Readonly<Record<string, unknown>>;

/** Row objects, an Arrow table or record batch of any library copy, or Arrow IPC bytes. */
export type RowsInput = readonly Row[] | Uint8Array | object;

/** Rows in any of the accepted shapes as chunks of `schema`, cut at CHUNK_ROWS. */
export function rowsOfInput(input: RowsInput, schema: Schema, where: string): readonly Chunk[] {
  const whole = Array.isArray(input) ? chunksOfObjects(input, schema) : chunksOfArrow(input, schema, where);
  return whole.flatMap((chunk) => (chunk.length > CHUNK_ROWS ? splitChunk(chunk, CHUNK_ROWS) : [chunk]));
}

function chunksOfObjects(rows: readonly Row[], schema: Schema): readonly Chunk[] {
  return rows.length === 0 ? [] : [chunkFromObjects(schema, rows)];
}

function chunksOfArrow(input: object, schema: Schema, where: string): readonly Chunk[] {
  if (!isArrowInput(input)) {
    throw new SourceError("ROWS_NOT_UNDERSTOOD", `${where} got something that is neither rows nor Arrow data.`, {
      hint: "Give an array of objects, an Arrow table or record batch, or Arrow IPC bytes.",
    });
  }
  return fromArrow(input)
    .chunks.filter((chunk) => chunk.length > 0)
    .map((chunk) => conformChunk(chunk, schema, where));
}

/** Known by shape, never by `instanceof`: the object may come from another copy of the library. */
export function isArrowInput(input: unknown): input is object {
  if (input instanceof Uint8Array) return true;
  return typeof input === "object" && input !== null && "schema" in input && ("batches" in input || "data" in input);
}
