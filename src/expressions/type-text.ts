import type { DataType, Field, Schema } from "../types/data-type.js";
import { parseDdl } from "../types/ddl.js";

/**
 * A type as a text constant among the arguments of a call: its JSON, which loses nothing (a zone, a NOT NULL).
 * A user may write DDL instead: "user string, amount double" (a struct), "array<int>", "bigint".
 */
export function typeToText(type: DataType): string {
  return JSON.stringify(type);
}

/** What typeToText wrote, or DDL. Everything inside may be NULL: text promises nothing. */
export function typeFromText(text: string): DataType {
  return allNullable(text.startsWith("{") ? (JSON.parse(text) as DataType) : typeFromDdl(text));
}

/** One type, or columns that become a struct. Columns begin with two words, or a word and a colon. */
export function typeFromDdl(text: string): DataType {
  const columns = /^\s*(`[^`]*`|\w+)\s*(:|\s)\s*\S/.test(text) && !/^\s*\w+\s*[<(]/.test(text);
  const schema: Schema = parseDdl(columns ? text : `value ${text}`);
  return columns ? { kind: "struct", fields: schema.fields } : schema.fields[0].type;
}

function allNullable(type: DataType): DataType {
  if (type.kind === "list") return { kind: "list", element: allNullable(type.element), containsNull: true };
  if (type.kind === "struct") return { kind: "struct", fields: type.fields.map(nullableField) };
  return type;
}

function nullableField(field: Field): Field {
  return { name: field.name, type: allNullable(field.type), nullable: true };
}
