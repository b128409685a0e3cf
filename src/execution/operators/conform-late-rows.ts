import type { Chunk } from "../../columnar/chunk.js";
import { nullColumn } from "../../columnar/null-column.js";
import type { Schema } from "../../types/data-type.js";

/** Late rows of one operator with the columns of the whole plan's late rows (`lateRowsSchema`); what it does not have is NULL. */
export function conformLateRows(chunk: Chunk, schema: Schema): Chunk {
  const columns = schema.fields.map((field) => {
    const index = chunk.schema.fields.findIndex(({ name }) => name === field.name);
    return index < 0 ? nullColumn(field.type, chunk.length) : chunk.columns[index];
  });
  return { ...chunk, schema, columns };
}
