import type { DataType, Schema } from "../types/data-type.js";

/** The schema with every field, at every depth, nullable: what may be promised of files. */
export function nullableSchema(schema: Schema): Schema {
  return { fields: schema.fields.map((field) => ({ ...field, type: nullableType(field.type), nullable: true })) };
}

function nullableType(type: DataType): DataType {
  if (type.kind === "struct") return { ...type, fields: nullableSchema(type).fields };
  if (type.kind === "list") return { ...type, element: nullableType(type.element), containsNull: true };
  return type;
}
