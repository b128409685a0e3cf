import type { Chunk } from "../columnar/chunk.js";
import type { Column } from "../columnar/column.js";
import { nullColumn } from "../columnar/null-column.js";
import type { Schema } from "../types/data-type.js";
import { fieldIndex } from "../types/schema.js";
import { fitColumn } from "./fit-column.js";

/** The columns of `schema` from a chunk of a file, by name; what the file lacks is NULL. */
export function fitChunk(chunk: Chunk, schema: Schema, file: string): Chunk {
  const columns = schema.fields.map((field): Column => {
    const column = chunk.columns[fieldIndex(chunk.schema, field.name)];
    return column === undefined ? nullColumn(field.type, chunk.length) : fitColumn(column, field, file);
  });
  return { ...chunk, schema, columns };
}
