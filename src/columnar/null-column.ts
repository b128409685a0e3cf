import type { DataType } from "../types/data-type.js";
import type { NullColumn } from "./column.js";

/** `length` NULLs of a type. */
export function nullColumn(type: DataType, length: number): NullColumn {
  return { layout: "null", type, length, nullCount: length, validity: null };
}
