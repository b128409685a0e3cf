import { FormatError } from "../common/millrace-error.js";
import { carriedHint } from "../types/carried.js";
import type { DataType, Field } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import type { LogicalType, ParquetElement, PhysicalType } from "./parquet-port.js";

/** The parquet column that holds a field. Every value may be absent: files outlive what a plan knows of NULLs. */
export function parquetElementOf({ name, type }: Field): ParquetElement {
  const optional = { name, repetition: "OPTIONAL", typeLength: undefined } as const;
  if (type.kind === "list") {
    return { ...optional, physical: null, logical: { name: "LIST" }, children: [repeated(type.element)] };
  }
  if (type.kind === "struct") {
    if (type.fields.length === 0) throw refusal(name, type, "Leave the column out, or give the struct a member.");
    return { ...optional, physical: null, logical: null, children: type.fields.map(parquetElementOf) };
  }
  const leaf = leafOf(type);
  if (leaf === null) throw refusal(name, type, carriedHint(type));
  return { ...optional, ...leaf, children: [] };
}

/** The middle one of the three levels that a LIST has. */
function repeated(element: DataType): ParquetElement {
  const child = parquetElementOf({ name: "element", type: element, nullable: true });
  return {
    name: "list",
    repetition: "REPEATED",
    typeLength: undefined,
    physical: null,
    logical: null,
    children: [child],
  };
}

function leafOf(type: DataType): { readonly physical: PhysicalType; readonly logical: LogicalType | null } | null {
  switch (type.kind) {
    case "bool":
      return { physical: "BOOLEAN", logical: null };
    case "int32":
      return { physical: "INT32", logical: null };
    case "int64":
      return { physical: "INT64", logical: null };
    case "float64":
      return { physical: "DOUBLE", logical: null };
    case "utf8":
      return { physical: "BYTE_ARRAY", logical: { name: "STRING" } };
    case "binary":
      return { physical: "BYTE_ARRAY", logical: null };
    case "date":
      return { physical: "INT32", logical: { name: "DATE" } };
    case "timestamp":
      // Parquet knows instants and wall-clock times, but no zones.
      return {
        physical: "INT64",
        logical: { name: "TIMESTAMP", unit: "MICROS", isAdjustedToUtc: type.zone !== null },
      };
    default:
      return null;
  }
}

function refusal(name: string, type: DataType, hint: string): FormatError {
  return new FormatError(
    "TYPE_NOT_SUPPORTED",
    `Column '${name}' of type ${formatType(type)} cannot be written as parquet.`,
    { hint },
  );
}
