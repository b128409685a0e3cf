import { FormatError } from "../common/millrace-error.js";
import type { DataType, Field, Schema } from "../types/data-type.js";
import type { LogicalType, ParquetElement, ParquetMetadata } from "./parquet-port.js";

/** The schema of a parquet file; a column of a kind that is not carried is refused by name. */
export function parquetSchema(metadata: ParquetMetadata, path: string): Schema {
  return { fields: metadata.columns.map((element) => fieldOf(element, path)) };
}

function fieldOf(element: ParquetElement, path: string): Field {
  return { name: element.name, type: parquetType(element, path), nullable: true };
}

/** The type a column is read as. */
export function parquetType(element: ParquetElement, path: string): DataType {
  if (element.repetition === "REPEATED")
    return { kind: "list", element: leafOrGroup(element, path), containsNull: true };
  return leafOrGroup(element, path);
}

function leafOrGroup(element: ParquetElement, path: string): DataType {
  if (element.physical !== null) return leafType(element) ?? refuse(element, path);
  if (element.logical?.name === "LIST") return listType(element, path);
  if (element.logical !== null) return refuse(element, path);
  return { kind: "struct", fields: element.children.map((child) => fieldOf(child, path)) };
}

/** LIST groups hold one repeated child; by the format's rules it is the element itself, or a group around the element. */
function listType(element: ParquetElement, path: string): DataType {
  const repeated = element.children[0];
  if (repeated === undefined) return refuse(element, path);
  const only = repeated.children.length === 1 ? repeated.children[0] : undefined;
  const isElement = repeated.physical !== null || only === undefined || repeated.name === "array";
  return {
    kind: "list",
    element: isElement ? leafOrGroup(repeated, path) : parquetType(only, path),
    containsNull: true,
  };
}

function leafType({ physical, logical }: ParquetElement): DataType | null {
  switch (physical) {
    case "BOOLEAN":
      return { kind: "bool" };
    case "INT32":
      return int32Type(logical);
    case "INT64":
      return int64Type(logical);
    case "INT96":
      return { kind: "timestamp", zone: "UTC" };
    case "FLOAT":
    case "DOUBLE":
      return { kind: "float64" };
    case "BYTE_ARRAY":
      return bytesType(logical);
    case "FIXED_LEN_BYTE_ARRAY":
      return logical === null ? { kind: "binary" } : null;
    case null:
      return null;
  }
}

function int32Type(logical: LogicalType | null): DataType | null {
  if (logical === null) return { kind: "int32" };
  if (logical.name === "DATE") return { kind: "date" };
  if (logical.name !== "INTEGER") return null;
  return logical.bitWidth === 32 && logical.isSigned === false ? { kind: "int64" } : { kind: "int32" };
}

function int64Type(logical: LogicalType | null): DataType | null {
  if (logical === null) return { kind: "int64" };
  if (logical.name === "TIMESTAMP")
    return { kind: "timestamp", zone: logical.isAdjustedToUtc === false ? null : "UTC" };
  return logical.name === "INTEGER" && logical.isSigned !== false ? { kind: "int64" } : null;
}

function bytesType(logical: LogicalType | null): DataType | null {
  if (logical === null) return { kind: "binary" };
  return ["STRING", "ENUM", "JSON"].includes(logical.name) ? { kind: "utf8" } : null;
}

function refuse(element: ParquetElement, path: string): never {
  const name = element.logical?.name ?? element.physical ?? "group";
  throw new FormatError(
    "TYPE_NOT_SUPPORTED",
    `Column '${element.name}' of ${path} has the parquet type ${name}, which is not supported.`,
    {
      hint: "Read the file with a schema that leaves the column out.",
    },
  );
}
