import { daysFromCivil, daysInMonth } from "../types/civil.js";

const MICROS_PER_SECOND = 1_000_000;
const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

/**
 * Reads ISO 8601 dates and times from bytes without making text: `2024-01-31`, `2024-01-31T12:30:00.123456Z`, a space for the T, seconds,
 * fraction and offset (`Z`, `+02`, `+0200`, `+02:00`) may be missing. Digits of the fraction behind the sixth are cut off.
 * The result of a successful parse is in `days` and `microsOfDay` (UTC; a time without an offset is taken as UTC).
 */
export class TimeParser {
  days = 0;
  /** May be below 0 or above a day: the offset is taken off here. */
  microsOfDay = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #pos = 0;
  #to = 0;
  /** The last day that #plainDay has met: its digits as one number, and what it is. */
  #knownName = -1;
  #knownDays = 0;

  /** The whole of bytes[from, to) is a date. */
  date(bytes: Uint8Array, from: number, to: number): boolean {
    this.#use(bytes, from, to);
    return this.#date() && this.#pos === to;
  }

  /** The whole of bytes[from, to) is a date with or without a time. */
  timestamp(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#plainUtc(bytes, from, to) || this.#anyTimestamp(bytes, from, to);
  }

  /** `2024-01-31T12:30:00Z`, with or without milliseconds: everything has its place, and most writers write just that. */
  #plainUtc(bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if ((length !== 24 && length !== 20) || bytes[to - 1] !== 90 || bytes[from + 10] !== 84) return false;
    if (bytes[from + 4] !== 45 || bytes[from + 7] !== 45 || bytes[from + 13] !== 58 || bytes[from + 16] !== 58)
      return false;
    const hour = twoDigits(bytes, from + 11);
    const minute = twoDigits(bytes, from + 14);
    const second = twoDigits(bytes, from + 17);
    if (hour > 23 || minute > 59 || second > 59 || !this.#plainDay(bytes, from)) return false;
    this.microsOfDay = (hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND;
    if (length === 20) return true;
    const millis = (bytes[from + 20] - 48) * 100 + twoDigits(bytes, from + 21);
    if (bytes[from + 19] !== 46 || bytes[from + 20] < 48 || millis > 999) return false;
    this.microsOfDay += millis * 1000;
    return true;
  }

  /** Rows are mostly of the same day as those before them. */
  #plainDay(bytes: Uint8Array, from: number): boolean {
    const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2);
    const month = twoDigits(bytes, from + 5);
    const day = twoDigits(bytes, from + 8);
    const name = (year * 100 + month) * 100 + day;
    if (name !== this.#knownName) {
      if (year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return false;
      this.#knownName = name;
      this.#knownDays = daysFromCivil(year, month, day);
    }
    this.days = this.#knownDays;
    return true;
  }

  #anyTimestamp(bytes: Uint8Array, from: number, to: number): boolean {
    this.#use(bytes, from, to);
    this.microsOfDay = 0;
    if (!this.#date()) return false;
    if (this.#pos === to) return true;
    const separator = bytes[this.#pos++];
    if (separator !== 84 && separator !== 32 && separator !== 116) return false;
    return this.#time() && this.#offset() && this.#pos === to;
  }

  /** Of the last timestamp: exact up to the year 2255, as a double; beyond, use `bigMicros`. */
  micros(): number {
    return this.days * MICROS_PER_DAY + this.microsOfDay;
  }

  bigMicros(): bigint {
    return BigInt(this.days) * BigInt(MICROS_PER_DAY) + BigInt(this.microsOfDay);
  }

  #use(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.#pos = from;
    this.#to = to;
  }

  #date(): boolean {
    const year = this.#digits(4);
    if (year < 0 || !this.#skip(45)) return false;
    const month = this.#digits(2);
    if (month < 1 || month > 12 || !this.#skip(45)) return false;
    const day = this.#digits(2);
    if (day < 1 || day > daysInMonth(year, month)) return false;
    this.days = daysFromCivil(year, month, day);
    return true;
  }

  #time(): boolean {
    const hour = this.#digits(2);
    if (hour < 0 || hour > 23 || !this.#skip(58)) return false;
    const minute = this.#digits(2);
    if (minute < 0 || minute > 59) return false;
    let second = 0;
    if (this.#skip(58)) {
      second = this.#digits(2);
      if (second < 0 || second > 59) return false;
      if (this.#skip(46) && !this.#fraction()) return false;
    }
    this.microsOfDay += (hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND;
    return true;
  }

  #fraction(): boolean {
    let unit = MICROS_PER_SECOND / 10;
    const from = this.#pos;
    while (this.#pos < this.#to) {
      const digit = this.#bytes[this.#pos] - 48;
      if (digit < 0 || digit > 9) break;
      if (unit >= 1) this.microsOfDay += digit * unit;
      unit /= 10;
      this.#pos++;
    }
    return this.#pos > from;
  }

  #offset(): boolean {
    if (this.#pos === this.#to || this.#skip(90) || this.#skip(122)) return true;
    const isBehind = this.#bytes[this.#pos] === 45;
    if (!isBehind && this.#bytes[this.#pos] !== 43) return false;
    this.#pos++;
    const hours = this.#digits(2);
    if (hours < 0 || hours > 18) return false;
    let minutes = 0;
    if (this.#pos < this.#to) {
      this.#skip(58);
      minutes = this.#digits(2);
      if (minutes < 0 || minutes > 59) return false;
    }
    const offset = (hours * 60 + minutes) * 60 * MICROS_PER_SECOND;
    this.microsOfDay += isBehind ? offset : -offset;
    return true;
  }

  #skip(byte: number): boolean {
    if (this.#pos >= this.#to || this.#bytes[this.#pos] !== byte) return false;
    this.#pos++;
    return true;
  }

  /** Exactly `count` digits; -1 where there are others. */
  #digits(count: number): number {
    if (this.#pos + count > this.#to) return -1;
    let value = 0;
    for (let i = 0; i < count; i++) {
      const digit = this.#bytes[this.#pos + i] - 48;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    this.#pos += count;
    return value;
  }
}

const NO_DIGITS = 1e9;

/** More than any two digits make where there are others. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_DIGITS;
}
