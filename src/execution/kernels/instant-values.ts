import { int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";

// Microseconds of timestamps as doubles. A double holds them exactly up to 2^53, the year 2255: beyond, values go through
// bigint, one branch per row.

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY = 86_400_000_000;
const HIGH_LIMIT = 0x200000;
const TWO_32 = 4_294_967_296;

/** The values of a timestamp column, as bigint and as pairs of int32 (low half first). */
export interface Instants {
  readonly values: BigInt64Array;
  readonly halves: Int32Array;
}

export function instantsOf(column: Column): Instants {
  if (column.layout === "int64") return { values: column.values, halves: int32Halves(column.values) };
  throw new Error(`Broken invariant: a timestamp argument has the layout ${column.layout}`);
}

/** Whether the value is below 2^53 in size, so that `microsAt` is exact. */
export function isExact(halves: Int32Array, row: number): boolean {
  const high = halves[2 * row + 1];
  return high >= -HIGH_LIMIT && high < HIGH_LIMIT;
}

/** The value as a double; rounded where isExact is false. */
export function microsAt(halves: Int32Array, row: number): number {
  return halves[2 * row + 1] * TWO_32 + (halves[2 * row] >>> 0);
}

/** Days since 1970 in UTC, rounded down. */
export function dayAt({ values, halves }: Instants, row: number): number {
  if (isExact(halves, row)) return Math.floor(microsAt(halves, row) / MICROS_PER_DAY);
  return Math.floor(wholeSeconds(values[row]) / 86_400);
}

/** Seconds of the UTC day, 0 to 86399. */
export function secondOfDayAt({ values, halves }: Instants, row: number): number {
  const seconds = isExact(halves, row)
    ? Math.floor(microsAt(halves, row) / MICROS_PER_SECOND)
    : wholeSeconds(values[row]);
  return seconds - Math.floor(seconds / 86_400) * 86_400;
}

/** Seconds since 1970, rounded down; exact for every int64 of microseconds. */
export function wholeSeconds(micros: bigint): number {
  const quotient = micros / 1_000_000n;
  return Number(quotient * 1_000_000n > micros ? quotient - 1n : quotient);
}

/** Writes a whole number of at most 2^53 in size; no bigint is made. */
export function writeMicros(halves: Int32Array, row: number, micros: number): void {
  const high = Math.floor(micros / TWO_32);
  halves[2 * row] = micros - high * TWO_32;
  halves[2 * row + 1] = high;
}
