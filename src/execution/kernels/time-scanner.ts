import { daysFromCivil, daysInMonth } from "../../types/civil.js";
import { isBlank } from "./is-blank.js";

const COLON = 58;
const DASH = 45;
const DOT = 46;
const MICROS_PER_SECOND = 1_000_000;

/**
 * Reads the forms of dates and times that Spark's cast takes, from bytes without making text: `yyyy`, `yyyy-[m]m`,
 * `yyyy-[m]m-[d]d`, then for a time a space or T and `[h]h[:[m]m[:[s]s[.fraction]]]` and a zone. Years have 4 to 6 digits and
 * may have a sign; digits of the fraction behind the sixth are cut off. Space around is passed over.
 */
export class TimeScanner {
  days = 0;
  /** Of the wall clock that was written. */
  microsOfDay = 0;
  /** bytes[zoneFrom, zoneTo) names the zone; empty when there is none. */
  zoneFrom = 0;
  zoneTo = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #pos = 0;
  #to = 0;
  #dayKey = -1;
  #dayDays = 0;
  /** What #digits read last. */
  #value = 0;

  /** A date; whatever stands behind it after a space or T is passed over, as in Spark. */
  date(bytes: Uint8Array, from: number, to: number): boolean {
    this.#use(bytes, from, to);
    return this.#date() && (this.#pos === this.#to || this.#atSeparator());
  }

  timestamp(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#plain(bytes, from, to)) return true;
    this.#use(bytes, from, to);
    this.microsOfDay = 0;
    if (!this.#date()) return false;
    if (this.#pos < this.#to) {
      if (!this.#atSeparator()) return false;
      this.#pos++;
      if (!this.#clock()) return false;
    }
    this.#passSpace();
    this.zoneFrom = this.#pos;
    this.zoneTo = this.#to;
    return true;
  }

  /** The usual form alone, "yyyy-MM-dd HH:mm:ss" with or without a fraction and a Z; false where it is another. */
  #plain(bytes: Uint8Array, from: number, to: number): boolean {
    const size = to - from;
    if (size < 19 || bytes[from + 4] !== DASH || bytes[from + 7] !== DASH) return false;
    if (
      (bytes[from + 10] !== 32 && bytes[from + 10] !== 84) ||
      bytes[from + 13] !== COLON ||
      bytes[from + 16] !== COLON
    )
      return false;
    const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2);
    const month = twoDigits(bytes, from + 5);
    const day = twoDigits(bytes, from + 8);
    const seconds = clockSeconds(bytes, from + 11);
    // Signs that are no digits make NaN, which fails every comparison.
    if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && seconds >= 0)) return false;
    if (day > 28 && day > daysInMonth(year, month)) return false;
    this.microsOfDay = 0;
    this.#bytes = bytes;
    this.#to = to;
    this.#pos = from + 19;
    if (size > 20 && bytes[this.#pos] === DOT) {
      this.#pos++;
      this.#fraction();
    }
    const isUtc = this.#pos === to - 1 && bytes[this.#pos] === 90;
    if (this.#pos < to && !isUtc) return false;
    this.#setDay(year, month, day);
    this.microsOfDay += seconds * MICROS_PER_SECOND;
    this.zoneFrom = this.#pos;
    this.zoneTo = to;
    return true;
  }

  /** Texts in order of time mostly have the day of the one before. */
  #setDay(year: number, month: number, day: number): void {
    const key = (year * 16 + month) * 32 + day;
    if (key !== this.#dayKey) this.#dayDays = daysFromCivil(year, month, day);
    this.#dayKey = key;
    this.days = this.#dayDays;
  }

  #use(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    let first = from;
    let end = to;
    while (first < end && isBlank(bytes[first])) first++;
    while (end > first && isBlank(bytes[end - 1])) end--;
    this.#pos = first;
    this.#to = end;
  }

  #date(): boolean {
    const isNegative = this.#pos < this.#to && this.#bytes[this.#pos] === DASH;
    if (isNegative || this.#bytes[this.#pos] === 43) this.#pos++;
    const size = this.#digits(6);
    if (size < 4) return false;
    const year = isNegative ? -this.#value : this.#value;
    let month = 1;
    let day = 1;
    if (this.#skip(DASH)) {
      if (this.#digits(2) === 0) return false;
      month = this.#value;
      if (this.#skip(DASH)) {
        if (this.#digits(2) === 0) return false;
        day = this.#value;
      }
    }
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return false;
    this.days = daysFromCivil(year, month, day);
    return true;
  }

  #clock(): boolean {
    if (this.#digits(2) === 0 || this.#value > 23) return false;
    let seconds = this.#value * 3600;
    if (this.#skip(COLON)) {
      if (this.#digits(2) === 0 || this.#value > 59) return false;
      seconds += this.#value * 60;
      if (this.#skip(COLON)) {
        if (this.#digits(2) === 0 || this.#value > 59) return false;
        seconds += this.#value;
        if (this.#skip(DOT)) this.#fraction();
      }
    }
    this.microsOfDay += seconds * MICROS_PER_SECOND;
    return true;
  }

  #fraction(): void {
    let unit = MICROS_PER_SECOND / 10;
    for (; this.#pos < this.#to; this.#pos++) {
      const digit = this.#bytes[this.#pos] - 48;
      if (digit < 0 || digit > 9) return;
      if (unit >= 1) this.microsOfDay += digit * unit;
      unit = Math.floor(unit / 10);
    }
  }

  /** Reads up to `most` digits into #value and returns how many there were; 0 also where more follow. */
  #digits(most: number): number {
    const from = this.#pos;
    let value = 0;
    for (; this.#pos < this.#to; this.#pos++) {
      const digit = this.#bytes[this.#pos] - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.#value = value;
    const count = this.#pos - from;
    return count > most ? 0 : count;
  }

  #skip(byte: number): boolean {
    if (this.#pos >= this.#to || this.#bytes[this.#pos] !== byte) return false;
    this.#pos++;
    return true;
  }

  #atSeparator(): boolean {
    const byte = this.#bytes[this.#pos];
    return byte === 32 || byte === 84;
  }

  #passSpace(): void {
    while (this.#pos < this.#to && isBlank(this.#bytes[this.#pos])) this.#pos++;
  }
}

/** The number that two digits write; NaN where they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** The seconds of HH:mm:ss; NaN where it is no time of day. */
function clockSeconds(bytes: Uint8Array, at: number): number {
  const hour = twoDigits(bytes, at);
  const minute = twoDigits(bytes, at + 3);
  const second = twoDigits(bytes, at + 6);
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : Number.NaN;
}
