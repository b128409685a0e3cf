import { unreachable } from "../common/unreachable.js";
import type { DataType, Field, Schema } from "./data-type.js";

/** Names of the types without parameters: as DDL writes them, and as Spark's printSchema does. */
const NAMES = {
  null: { ddl: "void", tree: "void" },
  bool: { ddl: "boolean", tree: "boolean" },
  int8: { ddl: "tinyint", tree: "byte" },
  int16: { ddl: "smallint", tree: "short" },
  int32: { ddl: "int", tree: "integer" },
  int64: { ddl: "bigint", tree: "long" },
  uint8: { ddl: "uint8", tree: "uint8" },
  uint16: { ddl: "uint16", tree: "uint16" },
  uint32: { ddl: "uint32", tree: "uint32" },
  uint64: { ddl: "uint64", tree: "uint64" },
  float32: { ddl: "float", tree: "float" },
  float64: { ddl: "double", tree: "double" },
  utf8: { ddl: "string", tree: "string" },
  binary: { ddl: "binary", tree: "binary" },
  date: { ddl: "date", tree: "date" },
  duration: { ddl: "interval day to second", tree: "interval day to second" },
} as const;

/**
 * A type as DDL, in Spark's names: `bigint`, `array<string>`, `struct<a: int, b: timestamp>`. A timestamp in a zone other
 * than UTC is `timestamp('Europe/Berlin')`, one without a zone `timestamp_ntz`. `parseDdl` reads it back; DDL has no word
 * for a list without NULLs.
 */
export function formatType(type: DataType): string {
  switch (type.kind) {
    case "list":
      return `array<${formatType(type.element)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => formatField(field, ": ")).join(", ")}>`;
    case "map":
      return `map<${formatType(type.key)}, ${formatType(type.value)}>`;
    case "dictionary":
      return `dictionary<${formatType(type.value)}>`;
    case "timestamp":
      return formatTimestamp(type.zone);
    case "decimal128":
      return `decimal(${type.precision},${type.scale})`;
    case "null":
    case "bool":
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64":
    case "float32":
    case "float64":
    case "utf8":
    case "binary":
    case "date":
    case "duration":
      return NAMES[type.kind].ddl;
    default:
      return unreachable(type);
  }
}

/** A schema as DDL: `id bigint not null, tags array<string>`. */
export function formatSchema(schema: Schema): string {
  return schema.fields.map((field) => formatField(field, " ")).join(", ");
}

/** A schema as Spark's printSchema draws it; ends with a line feed. */
export function treeString(schema: Schema): string {
  return `${["root", ...schema.fields.flatMap((field) => fieldTree(field, " |"))].join("\n")}\n`;
}

function formatField(field: Field, separator: string): string {
  return `${formatName(field.name)}${separator}${formatType(field.type)}${field.nullable ? "" : " not null"}`;
}

function formatName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}

function formatTimestamp(zone: string | null): string {
  if (zone === null) return "timestamp_ntz";
  return zone === "UTC" ? "timestamp" : `timestamp('${zone}')`;
}

function fieldTree(field: Field, indent: string): readonly string[] {
  const line = `${indent}-- ${field.name}: ${treeName(field.type)} (nullable = ${field.nullable})`;
  return [line, ...innerTree(field.type, `${indent}    |`)];
}

function innerTree(type: DataType, indent: string): readonly string[] {
  switch (type.kind) {
    case "struct":
      return type.fields.flatMap((field) => fieldTree(field, indent));
    case "list": {
      const line = `${indent}-- element: ${treeName(type.element)} (containsNull = ${type.containsNull})`;
      return [line, ...innerTree(type.element, `${indent}    |`)];
    }
    case "map": {
      const key = [`${indent}-- key: ${treeName(type.key)}`, ...innerTree(type.key, `${indent}    |`)];
      const value = `${indent}-- value: ${treeName(type.value)} (valueContainsNull = ${type.valueContainsNull})`;
      return [...key, value, ...innerTree(type.value, `${indent}    |`)];
    }
    default:
      return [];
  }
}

function treeName(type: DataType): string {
  switch (type.kind) {
    case "list":
      return "array";
    case "struct":
    case "map":
      return type.kind;
    case "timestamp":
    case "decimal128":
    case "dictionary":
      return formatType(type);
    default:
      return NAMES[type.kind].tree;
  }
}
