import { AnalysisError } from "../common/millrace-error.js";
import { columnNotFound } from "../plan/resolve-column.js";
import type { Schema } from "../types/data-type.js";

/** The names, if each is exactly one of the schema's. */
export function requireColumns(schema: Schema, names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (typeof name !== "string") throw noName(name);
    if (!schema.fields.some((field) => field.name === name)) columnNotFound(name, schema);
  }
  return names;
}

/** What the compiler refuses, from a program that it has not seen. */
function noName(given: unknown): AnalysisError {
  const what = Array.isArray(given) ? "a list of names" : `a ${typeof given}`;
  return new AnalysisError("COLUMN_NAME", `A column is asked for by its name, not by ${what}.`, {
    hint: 'Give names one by one, as in dropDuplicates("user", "day").',
  });
}

/** A column of the other frame that this one has not would be left out without a word. */
export function requireSameColumns(own: readonly string[], others: readonly string[]): void {
  const extra = others.filter((name) => !own.includes(name));
  if (extra.length === 0) return;
  const names = extra.map((name) => `"${name}"`).join(", ");
  throw new AnalysisError("UNION_COLUMNS", `unionByName: only the other frame has ${names}.`, {
    hint: "Drop it there, or add it here with withColumn(name, lit(null).cast(type)).",
  });
}
