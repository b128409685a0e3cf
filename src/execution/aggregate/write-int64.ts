const TWO_32 = 4294967296;

/** Writes a whole number of magnitude below 2^53 as int64 number `index` of `halves`; no bigint is made. */
export function writeInt64(halves: Int32Array, index: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  halves[2 * index] = (value - high * TWO_32) | 0;
  halves[2 * index + 1] = high;
}
