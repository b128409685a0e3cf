import { unreachable } from "../../common/unreachable.js";
import { daysFromCivil, daysInMonth } from "../../types/civil.js";
import { isBytesAt } from "./byte-search.js";
import { PATTERN_FIELDS, type PatternElement, parseTimePattern } from "./time-pattern.js";

const MICROS_PER_SECOND = 1_000_000;

/** Reads times written after a pattern, from bytes without making text. Fields that the pattern lacks are those of 1970-01-01 00:00:00. */
export class PatternScanner {
  days = 0;
  /** Of the wall clock that was written. */
  microsOfDay = 0;
  /** Microseconds that the written offset is ahead of UTC; NaN when there is none. */
  offset = Number.NaN;
  readonly #elements: readonly PatternElement[];
  /** By PATTERN_FIELDS. */
  readonly #fields = new Int32Array(PATTERN_FIELDS.length);
  #fraction = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #pos = 0;
  #to = 0;

  constructor(pattern: string) {
    this.#elements = parseTimePattern(pattern);
  }

  /** Whether the whole of bytes[from, to) is a time of the pattern. */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    this.#bytes = bytes;
    this.#pos = from;
    this.#to = to;
    this.#fraction = 0;
    this.offset = Number.NaN;
    this.#fields.set(NO_FIELDS);
    for (const element of this.#elements) if (!this.#read(element)) return false;
    return this.#pos === to && this.#finish();
  }

  #read(element: PatternElement): boolean {
    switch (element.kind) {
      case "field":
        return this.#field(element);
      case "fraction":
        return this.#readFraction(element.digits);
      case "offset":
        return this.#offset(element.letters);
      case "literal":
        return this.#literal(element.bytes);
      default:
        return unreachable(element);
    }
  }

  #field({ slot, least, most }: PatternElement & { readonly kind: "field" }): boolean {
    const value = this.#digits(least, most);
    this.#fields[slot] = value;
    return value >= 0;
  }

  /** One to `most` digits, as Spark reads them; those behind the sixth are cut off. */
  #readFraction(most: number): boolean {
    const from = this.#pos;
    const value = this.#digits(1, most);
    const count = this.#pos - from;
    this.#fraction = count > 6 ? Math.floor(value / 10 ** (count - 6)) : value * 10 ** (6 - count);
    return value >= 0;
  }

  #literal(bytes: Uint8Array): boolean {
    if (this.#to - this.#pos < bytes.length || !isBytesAt(this.#bytes, this.#pos, bytes)) return false;
    this.#pos += bytes.length;
    return true;
  }

  /** X: Z, +hh or +hhmm; XX: Z or +hhmm; XXX: Z or +hh:mm. */
  #offset(letters: number): boolean {
    const sign = this.#pos < this.#to ? this.#bytes[this.#pos++] : 0;
    this.offset = 0;
    if (sign === 90) return true;
    if (sign !== 43 && sign !== 45) return false;
    const hours = this.#digits(2, 2);
    if (letters === 3 && !this.#colon()) return false;
    const minutes = letters === 1 && !this.#atDigit() ? 0 : this.#digits(2, 2);
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 18 * 60) return false;
    this.offset = (sign === 45 ? -60 : 60) * (hours * 60 + minutes) * MICROS_PER_SECOND;
    return true;
  }

  #colon(): boolean {
    return this.#pos < this.#to && this.#bytes[this.#pos++] === 58;
  }

  #atDigit(): boolean {
    return this.#pos < this.#to && this.#bytes[this.#pos] >= 48 && this.#bytes[this.#pos] <= 57;
  }

  /** `least` to `most` digits; -1 where there are fewer. */
  #digits(least: number, most: number): number {
    const from = this.#pos;
    let value = 0;
    while (this.#pos - from < most && this.#atDigit()) value = value * 10 + this.#bytes[this.#pos++] - 48;
    return this.#pos - from < least ? -1 : value;
  }

  #finish(): boolean {
    const fields = this.#fields;
    const year = fields[1] < 0 ? fields[0] : 2000 + fields[1];
    const month = fields[2];
    const day = fields[3];
    const hour = fields[4];
    const minute = fields[5];
    const second = fields[6];
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    this.days = daysFromCivil(year, month, day);
    this.microsOfDay = (hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND + this.#fraction;
    return true;
  }
}

/** 1970-01-01 00:00:00, without a short year. */
const NO_FIELDS = Int32Array.of(1970, -1, 1, 1, 0, 0, 0);
