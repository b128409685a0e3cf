import { allocateFloat64, allocateInt32, allocateInt64 } from "../columnar/buffers.js";
import type { Column, Float64Column, Int32Column, Int64Column } from "../columnar/column.js";
import { nullColumn } from "../columnar/null-column.js";
import { FormatError } from "../common/millrace-error.js";
import type { DataType } from "../types/data-type.js";

export const INT32: DataType = { kind: "int32" };
export const FLOAT64: DataType = { kind: "float64" };
const INT64: DataType = { kind: "int64" };
/** One number per slot. */
const ALONE = { width: 1, place: 0 };

// What a state table keeps by slot beside its values, as columns: numbers without NULLs. Their values are made each time
// they are read, so that a large capture is never in memory as a whole, and is made while its first columns are being written.

export function int32ColumnOf(array: Int32Array, slots: Int32Array): Int32Column {
  return {
    layout: "int32",
    type: INT32,
    length: slots.length,
    nullCount: 0,
    validity: null,
    get values() {
      const values = allocateInt32(slots.length);
      for (let i = 0; i < slots.length; i++) values[i] = array[slots[i]];
      return values;
    },
  };
}

export function int64ColumnOf(array: BigInt64Array, slots: Int32Array): Int64Column {
  return {
    layout: "int64",
    type: INT64,
    length: slots.length,
    nullCount: 0,
    validity: null,
    get values() {
      const values = allocateInt64(slots.length);
      for (let i = 0; i < slots.length; i++) values[i] = array[slots[i]];
      return values;
    },
  };
}

/** The numbers of slot s are array[s * width + place]. */
export function float64ColumnOf(array: Float64Array, slots: Int32Array, { width, place } = ALONE): Float64Column {
  return {
    layout: "float64",
    type: FLOAT64,
    length: slots.length,
    nullCount: 0,
    validity: null,
    get values() {
      const values = allocateFloat64(slots.length);
      for (let i = 0; i < slots.length; i++) values[i] = array[slots[i] * width + place];
      return values;
    },
  };
}

/** A number that is almost always 0: NULL throughout where it is 0 for all of the slots. */
export function sparseColumnOf(array: Float64Array | null, slots: Int32Array, at = ALONE): Column {
  if (array === null || isZero(array, slots, at)) return nullColumn(FLOAT64, slots.length);
  return float64ColumnOf(array, slots, at);
}

function isZero(array: Float64Array, slots: Int32Array, { width, place }: typeof ALONE): boolean {
  for (let i = 0; i < slots.length; i++) if (array[slots[i] * width + place] !== 0) return false;
  return true;
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
