import { AnalysisError } from "../common/millrace-error.js";
import type { Field, Schema } from "./data-type.js";
import { sameType } from "./same-type.js";

/** The position of the column with exactly this name (names are case sensitive); -1 when there is none. */
export function fieldIndex(schema: Schema, name: string): number {
  return schema.fields.findIndex((field) => field.name === name);
}

export function fieldNames(schema: Schema): readonly string[] {
  return schema.fields.map((field) => field.name);
}

/** Equal names and types in the same order. Nullability does not count: it is a promise about rows, not a layout. */
export function sameSchema(a: Schema, b: Schema): boolean {
  if (a === b) return true;
  return a.fields.length === b.fields.length && a.fields.every((field, i) => sameField(field, b.fields[i]));
}

function sameField(a: Field, b: Field | undefined): boolean {
  return b !== undefined && a.name === b.name && sameType(a.type, b.type);
}

/** The fields themselves, when no two share a name. */
export function requireUniqueNames(fields: readonly Field[], owner: string): readonly Field[] {
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (seen.has(name)) {
      throw new AnalysisError("COLUMN_DUPLICATE", `${owner} has two columns named '${name}'.`, {
        hint: "Give one of them another name, for example with .as(...).",
      });
    }
    seen.add(name);
  }
  return fields;
}
