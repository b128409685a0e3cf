import type { DataType, Field, Schema } from "./data-type.js";
import { parseDdl } from "./ddl.js";
import { type FieldRecord, type RequiredType, schemaOf } from "./type-constructors.js";

/** A schema as users give it: a record of columns, a schema, or DDL text ("id BIGINT, name STRING"). */
export type SchemaInput = Schema | FieldRecord | string;

export function schemaOfInput(input: SchemaInput): Schema {
  if (typeof input === "string") return parseDdl(input);
  return isSchema(input) ? input : schemaOf(input);
}

function isSchema(input: Schema | Readonly<Record<string, DataType | RequiredType | Field>>): input is Schema {
  return Array.isArray(input.fields);
}
