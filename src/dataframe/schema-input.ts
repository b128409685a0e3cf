import type { DataType, Field, MemberTypes, Schema } from "../types/data-type.js";
import { parseDdl } from "../types/ddl.js";
import { type FieldRecord, type RequiredType, schemaOf, type TypedSchema } from "../types/type-constructors.js";

/** A schema as users give it: a record of columns, a schema, or DDL text ("id BIGINT, name STRING"). */
export type SchemaInput<M extends MemberTypes = MemberTypes> = TypedSchema<M> | Schema | FieldRecord | string;

export function schemaOfInput(input: SchemaInput): Schema {
  if (typeof input === "string") return parseDdl(input);
  return isSchema(input) ? input : schemaOf(input);
}

function isSchema(input: Schema | Readonly<Record<string, DataType | RequiredType | Field>>): input is Schema {
  return Array.isArray(input.fields);
}
