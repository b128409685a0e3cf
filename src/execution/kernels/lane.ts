import type { DataType } from "../../types/data-type.js";

/** How a value of fixed width lies in memory, which is also the layout of its column. Dates are int32, timestamps int64. */
export type Lane = "bool" | "int32" | "int64" | "float64";

export function laneOf(type: DataType): Lane | null {
  switch (type.kind) {
    case "bool":
    case "int32":
    case "int64":
    case "float64":
      return type.kind;
    case "date":
      return "int32";
    case "timestamp":
      return "int64";
    default:
      return null;
  }
}
