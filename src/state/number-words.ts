import type { Float64Column, Int64Column } from "../columnar/column.js";

/** The high word of the one NaN that keys have; its low word is 0. */
export const CANONICAL_NAN_HIGH = 0x7ff80000;

/** The int32 halves of 64-bit values, low half first. */
export function halvesOf(column: Int64Column | Float64Column): Int32Array {
  const { buffer, byteOffset, length } = column.values;
  return new Int32Array(buffer, byteOffset, length * 2);
}
