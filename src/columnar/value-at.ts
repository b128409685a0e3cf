import { unreachable } from "../common/unreachable.js";
import type { BytesColumn, Column, ListColumn, StructColumn } from "./column.js";
import { isNullAt } from "./compare.js";
import { decodeText } from "./decode-text.js";

/**
 * One value, as the engine's own JavaScript values: null, boolean, number (int32, float64, days of a date), bigint (int64,
 * microseconds of a timestamp), string, Uint8Array, array, or a plain object of a struct's members. Not for hot paths.
 */
export function valueAt(column: Column, row: number): unknown {
  if (isNullAt(column, row)) return null;
  switch (column.layout) {
    case "null":
      return null;
    case "bool":
      return column.values[row] === 1;
    case "int32":
    case "int64":
    case "float64":
      return column.values[row];
    case "bytes":
      return textOrBytes(column, row);
    case "dictionary":
      return textOrBytes(column.dictionary, column.indices[row]);
    case "list":
      return elementsAt(column, row);
    case "struct":
      return structAt(column, row);
    default:
      return unreachable(column);
  }
}

function textOrBytes({ type, bytes, offsets }: BytesColumn, row: number): string | Uint8Array {
  if (type.kind === "binary") return bytes.slice(offsets[row], offsets[row + 1]);
  return decodeText(bytes, offsets[row], offsets[row + 1]);
}

function elementsAt(column: ListColumn, row: number): unknown[] {
  const values: unknown[] = [];
  for (let p = column.offsets[row]; p < column.offsets[row + 1]; p++) values.push(valueAt(column.elements, p));
  return values;
}

/** fromEntries defines properties, so that a member named "__proto__" is one like any other. */
function structAt(column: StructColumn, row: number): Record<string, unknown> {
  if (column.type.kind !== "struct") throw new Error("Broken invariant: a column of structs has a struct type");
  return Object.fromEntries(column.type.fields.map((field, i) => [field.name, valueAt(column.children[i], row)]));
}
