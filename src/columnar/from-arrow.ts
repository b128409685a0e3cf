import { tableFromIPC } from "apache-arrow";
import { FormatError, MillraceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import { field } from "../types/type-constructors.js";
import { plainBytes } from "./arrow-buffers.js";
import { readIpcStream } from "./arrow-ipc-stream.js";
import {
  type ArrowDataShape,
  type ArrowTableShape,
  type ArrowVectorShape,
  isArrowBatch,
  isArrowTable,
  isArrowVector,
} from "./arrow-shape.js";
import { schemaFromArrow, typeFromArrow } from "./arrow-types.js";
import { CHUNK_ROWS, type Chunk, MAX_CHUNK_ROWS } from "./chunk.js";
import { chunkOf, emptyChunk, splitChunk } from "./chunk-of.js";
import { columnFromArrow } from "./column-from-arrow.js";
import { corruptIpc } from "./corrupt-ipc.js";

/** What Arrow data became: chunks of at most MAX_CHUNK_ROWS rows, in order. */
export interface ArrowRows {
  readonly schema: Schema;
  readonly chunks: Chunk[];
}

/**
 * Reads a table, record batch, list of record batches or vector of any copy of apache-arrow, or IPC bytes (stream or file). No copy where the
 * layout allows: whoever hands Arrow data in must not change it afterwards. A vector becomes one column named "value".
 * Timestamps of other units become microseconds (nanoseconds downwards), Dictionary<Utf8> stays a dictionary.
 * @throws AnalysisError TYPE_NOT_SUPPORTED naming column and type; FormatError ARROW_NOT_UNDERSTOOD, ARROW_CORRUPT
 */
export function fromArrow(input: unknown): ArrowRows {
  if (input instanceof Uint8Array || input instanceof ArrayBuffer) return rowsOfIpc(plainBytes(input));
  if (Array.isArray(input) && input.length > 0 && input.every(isArrowBatch))
    return rowsOfTable({ schema: input[0].schema, batches: input });
  if (typeof input === "object" && input !== null) {
    if (isArrowTable(input)) return rowsOfTable(input);
    if (isArrowBatch(input)) return rowsOfTable({ schema: input.schema, batches: [input] });
    if (isArrowVector(input)) return rowsOfVector(input);
  }
  throw new FormatError(
    "ARROW_NOT_UNDERSTOOD",
    `${typeof input === "object" ? "An object" : `A ${typeof input}`} is no Arrow data.`,
    {
      hint: "Give an Arrow table, record batch or vector, or IPC bytes as a Uint8Array.",
    },
  );
}

function rowsOfIpc(bytes: Uint8Array): ArrowRows {
  const table = readIpcStream(bytes);
  if (table === null) return rowsThroughArrow(bytes);
  const { schema, batches } = table;
  if (batches.length === 0) return { schema, chunks: [emptyChunk(schema)] };
  return { schema, chunks: batches.flatMap((batch) => cut(chunkOfBatch(batch, schema))) };
}

/** Arrow's reader makes typed arrays over the bytes and wants them aligned; Buffers from a pool are not. */
function rowsThroughArrow(bytes: Uint8Array): ArrowRows {
  try {
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
    return rowsOfTable(tableFromIPC(aligned) as unknown as ArrowTableShape);
  } catch (cause) {
    // Its reader throws anything at broken bytes, and lengths that it let pass may be more than memory.
    throw cause instanceof MillraceError ? cause : corruptIpc(cause);
  }
}

function rowsOfTable(table: ArrowTableShape): ArrowRows {
  const schema = schemaFromArrow(table.schema);
  return { schema, chunks: table.batches.flatMap(({ data }) => cut(chunkOfBatch(data, schema))) };
}

function chunkOfBatch({ children, length }: Pick<ArrowDataShape, "children" | "length">, schema: Schema): Chunk {
  const columns = schema.fields.map((field, i) => columnFromArrow(children[i], field.type, field.name));
  return chunkOf(schema, columns, length);
}

function rowsOfVector(vector: ArrowVectorShape): ArrowRows {
  const value = field("value", typeFromArrow(vector.type, "value"));
  const schema: Schema = { fields: [value] };
  const chunks = vector.data.flatMap((data) =>
    cut(chunkOf(schema, [columnFromArrow(data, value.type, value.name)], data.length)),
  );
  return { schema, chunks };
}

function cut(chunk: Chunk): Chunk[] {
  return chunk.length > MAX_CHUNK_ROWS ? splitChunk(chunk, CHUNK_ROWS) : [chunk];
}
