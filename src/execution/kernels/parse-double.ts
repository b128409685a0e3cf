import { decodeText } from "../../columnar/decode-text.js";
import { isBlank } from "./is-blank.js";

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/;
const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "+inf": Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  "+infinity": Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-infinity": Number.NEGATIVE_INFINITY,
};

/**
 * Reads doubles as Spark's casts do (Java's syntax without hexadecimal, and inf and nan in any letter case).
 * Up to 15 digits and 22 decimal places one division of exact numbers gives the nearest double (Clinger, "How to read floating
 * point numbers accurately"); everything else goes to the engine as text.
 */
export class DoubleParser {
  value = 0;

  parse(bytes: Uint8Array, from: number, to: number): boolean {
    let start = from;
    let end = to;
    while (start < end && isBlank(bytes[start])) start++;
    while (end > start && isBlank(bytes[end - 1])) end--;
    return this.#plain(bytes, start, end) || this.#any(bytes, start, end);
  }

  /** [sign] digits [. digits] */
  #plain(bytes: Uint8Array, from: number, to: number): boolean {
    const isNegative = bytes[from] === 45;
    let digits = 0;
    let places = -1;
    let value = 0;
    for (let p = isNegative ? from + 1 : from; p < to; p++) {
      const digit = bytes[p] - 48;
      if (digit === -2 && places < 0) {
        places = 0;
        continue;
      }
      if (digit < 0 || digit > 9) return false;
      value = value * 10 + digit;
      digits++;
      if (places >= 0) places++;
    }
    if (digits === 0 || digits > 15) return false;
    const size = places > 0 ? value / POWERS[places] : value;
    this.value = isNegative ? -size : size;
    return true;
  }

  #any(bytes: Uint8Array, from: number, to: number): boolean {
    const text = decodeText(bytes, from, to);
    if (NUMBER.test(text)) {
      this.value = Number(text.replace(/[dDfF]$/, ""));
      return true;
    }
    const name = text.toLowerCase();
    if (!Object.hasOwn(SPECIAL, name)) return false;
    this.value = SPECIAL[name];
    return true;
  }
}
