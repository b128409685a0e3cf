import { columnNotFound } from "../plan/resolve-column.js";
import type { Schema } from "../types/data-type.js";

/** The names, if each is exactly one of the schema's. */
export function requireColumns(schema: Schema, names: readonly string[]): readonly string[] {
  for (const name of names) if (!schema.fields.some((field) => field.name === name)) columnNotFound(name, schema);
  return names;
}
