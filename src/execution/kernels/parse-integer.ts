import { isBlank } from "./is-blank.js";

/**
 * Reads whole numbers as Spark's ANSI casts do: blanks around, a sign, digits, nothing else. The value is kept as two halves
 * of decimal digits, so that int64 needs no bigint per digit.
 */
export class IntegerParser {
  isNegative = false;
  /** The digits before the last nine, and the last nine: value = high * 10^9 + low. */
  high = 0;
  low = 0;

  /** Whether bytes[from, to) is a whole number of at most 19 digits (leading zeros apart). */
  parse(bytes: Uint8Array, from: number, to: number): boolean {
    let p = from;
    let end = to;
    while (p < end && isBlank(bytes[p])) p++;
    while (end > p && isBlank(bytes[end - 1])) end--;
    this.isNegative = p < end && bytes[p] === 45;
    if (this.isNegative || (p < end && bytes[p] === 43)) p++;
    if (p === end) return false;
    while (p < end - 1 && bytes[p] === 48) p++;
    if (end - p > 19) return false;
    const split = Math.max(p, end - 9);
    this.high = digitsValue(bytes, p, split);
    this.low = digitsValue(bytes, split, end);
    return this.high >= 0 && this.low >= 0;
  }

  /** Exact below 2^53; the caller checks the range. */
  value(): number {
    const size = this.high * 1e9 + this.low;
    return this.isNegative ? 0 - size : size;
  }

  bigValue(): bigint {
    const size = BigInt(this.high) * 1_000_000_000n + BigInt(this.low);
    return this.isNegative ? -size : size;
  }
}

/** The number that the digits bytes[from, to) write; -1 where there is another sign. */
function digitsValue(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let p = from; p < to; p++) {
    const digit = bytes[p] - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
