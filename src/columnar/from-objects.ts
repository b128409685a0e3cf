import type { Schema } from "../types/data-type.js";
import type { Chunk } from "./chunk.js";
import { chunkOf } from "./chunk-of.js";
import { columnFromValues, ownValue } from "./column-from-values.js";
import { inferSchema, type RowObject, requireRowObjects } from "./infer-schema.js";

export { inferSchema, type RowObject };

/**
 * Row objects as one chunk. Each value is checked against its column's type; a property that is missing is NULL,
 * properties that are no columns are left out.
 * @throws AnalysisError ROW_SHAPE, VALUE_TYPE_MISMATCH, NULL_NOT_ALLOWED
 */
export function chunkFromObjects(schema: Schema, rows: readonly RowObject[]): Chunk {
  requireRowObjects(rows);
  const columns = schema.fields.map((field) => {
    const values = rows.map((row) => ownValue(row, field.name));
    return columnFromValues(values, field, { column: field.name, rows: null });
  });
  return chunkOf(schema, columns, rows.length);
}
