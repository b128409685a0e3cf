import { AnalysisError } from "../common/millrace-error.js";
import { refuseNotCarried } from "./carried.js";
import type { DataType, Field, Schema } from "./data-type.js";
import { parseDdl } from "./ddl.js";
import { type FieldRecord, type RequiredType, schemaOf } from "./type-constructors.js";

/** A schema as users give it: a record of columns, a schema, or DDL text ("id BIGINT, name STRING"). */
export type SchemaInput = Schema | FieldRecord | string;

/** @throws AnalysisError SCHEMA_SHAPE for what is none of these, TYPE_NOT_SUPPORTED naming column and type */
export function schemaOfInput(input: SchemaInput): Schema {
  const schema = schemaOfShape(input);
  refuseNotCarried(schema, "schema");
  return schema;
}

function schemaOfShape(input: SchemaInput): Schema {
  if (typeof input === "string") return parseDdl(input);
  if (typeof input === "object" && input !== null) return isSchema(input) ? input : schemaOf(input);
  throw new AnalysisError("SCHEMA_SHAPE", `A schema is not ${input === null ? "null" : `a ${typeof input}`}.`, {
    hint: 'Give a record of columns, such as { name: utf8() }, or DDL text, such as "name string".',
  });
}

function isSchema(input: Schema | Readonly<Record<string, DataType | RequiredType | Field>>): input is Schema {
  return Array.isArray(input.fields);
}
