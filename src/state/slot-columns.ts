import type { Column, Float64Column, Int32Column, Int64Column } from "../columnar/column.js";
import { nullColumn } from "../columnar/null-column.js";
import { FormatError } from "../common/millrace-error.js";
import type { DataType } from "../types/data-type.js";

export const INT32: DataType = { kind: "int32" };
export const FLOAT64: DataType = { kind: "float64" };

/** What a state table keeps by slot beside its values, as columns: numbers without NULLs. */
export function int32ColumnOf(array: Int32Array, slots: Int32Array): Int32Column {
  const values = new Int32Array(slots.length);
  for (let i = 0; i < slots.length; i++) values[i] = array[slots[i]];
  return { layout: "int32", type: { kind: "int32" }, length: slots.length, nullCount: 0, validity: null, values };
}

export function float64ColumnOf(array: Float64Array, slots: Int32Array): Float64Column {
  const values = new Float64Array(slots.length);
  for (let i = 0; i < slots.length; i++) values[i] = array[slots[i]];
  return { layout: "float64", type: { kind: "float64" }, length: slots.length, nullCount: 0, validity: null, values };
}

export function int64ColumnOf(array: BigInt64Array, slots: Int32Array): Int64Column {
  const values = new BigInt64Array(slots.length);
  for (let i = 0; i < slots.length; i++) values[i] = array[slots[i]];
  return { layout: "int64", type: { kind: "int64" }, length: slots.length, nullCount: 0, validity: null, values };
}

/** A number that is almost always 0: NULL throughout where it is 0 for all of the slots. */
export function sparseColumnOf(array: Float64Array | null, slots: Int32Array): Column {
  return array === null ? nullColumn(FLOAT64, slots.length) : sparseColumn(float64ColumnOf(array, slots));
}

/** The same of a column that is there. */
export function sparseColumn(column: Float64Column): Column {
  const isZero = column.values.every((value) => value === 0);
  return isZero ? nullColumn(FLOAT64, column.length) : column;
}

/** What sparseColumnOf gave; null: all of them are 0. */
export function sparseFloatsOf(column: Column): Float64Array | null {
  return column.length === 0 || column.nullCount > 0 ? null : float64sOf(column);
}

export function int32sOf(column: Column): Int32Array {
  if (column.layout === "int32") return column.values;
  return noValues(column, new Int32Array(0));
}

export function int64sOf(column: Column): BigInt64Array {
  if (column.layout === "int64") return column.values;
  return noValues(column, new BigInt64Array(0));
}

export function float64sOf(column: Column): Float64Array {
  if (column.layout === "float64") return column.values;
  return noValues(column, new Float64Array(0));
}

/** A column without rows may have come out of any layout. */
function noValues<T>(column: Column, none: T): T {
  if (column.length === 0) return none;
  throw new FormatError("STATE_MALFORMED", `A state table keeps numbers in a column of layout ${column.layout}.`);
}
