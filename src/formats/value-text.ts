import type { Column } from "../columnar/column.js";
import { unreachable } from "../common/unreachable.js";
import { javaDouble } from "./java-double.js";
import { dateText, timestampText } from "./time-text.js";

const decoder = new TextDecoder();

/** One value as Spark's show() prints it: NULL, 1.0E10, [61 62], [a, b], {2024-01-01 00:00:00, 2024-01-01 00:05:00}. */
export function valueText(column: Column, row: number): string {
  if (column.layout === "null" || column.validity?.[row] === 0) return "NULL";
  switch (column.layout) {
    case "bool":
      return column.values[row] === 1 ? "true" : "false";
    case "int32": {
      const value = column.values[row];
      return column.type.kind === "date" ? dateText(value) : String(value);
    }
    case "int64": {
      const value = column.values[row];
      return column.type.kind === "timestamp" ? timestampText(value, column.type.zone) : String(value);
    }
    case "float64":
      return javaDouble(column.values[row]);
    case "bytes": {
      const bytes = column.bytes.subarray(column.offsets[row], column.offsets[row + 1]);
      return column.type.kind === "binary" ? hexText(bytes) : decoder.decode(bytes);
    }
    case "dictionary":
      return valueText(column.dictionary, column.indices[row]);
    case "list": {
      const from = column.offsets[row];
      const count = column.offsets[row + 1] - from;
      return `[${Array.from({ length: count }, (_, i) => valueText(column.elements, from + i)).join(", ")}]`;
    }
    case "struct":
      return `{${column.children.map((child) => valueText(child, row)).join(", ")}}`;
    default:
      return unreachable(column);
  }
}

function hexText(bytes: Uint8Array): string {
  return `[${Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")}]`;
}
