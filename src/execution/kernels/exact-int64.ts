const TWO_32 = 0x1_0000_0000;
const MOST_EXACT = 2 ** 53;

// An int64 as a number: 64-bit arrays seen as pairs of int32, low half first, so that no bigint is made per row.

/** The 64-bit value at `row` as a number; NaN at 2^53 and beyond, where numbers do not hold every integer. */
export function exactAt(halves: Int32Array, row: number): number {
  const high = halves[2 * row + 1];
  return (high ^ (high >> 31)) >= 0x20_0000 ? Number.NaN : high * TWO_32 + (halves[2 * row] >>> 0);
}

/** The 64-bit value at `row` as the nearest number. */
export function nearestAt(halves: Int32Array, row: number): number {
  return halves[2 * row + 1] * TWO_32 + (halves[2 * row] >>> 0);
}

/** Writes an integer that fits into 64 bits. */
export function writeExact(halves: Int32Array, row: number, value: number): void {
  halves[2 * row] = value | 0;
  halves[2 * row + 1] = Math.floor(value / TWO_32);
}

/** Numbers below 2^53 hold every integer; false for NaN. */
export function isExact(value: number): boolean {
  return Math.abs(value) < MOST_EXACT;
}
