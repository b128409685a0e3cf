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

  /** The whole of bytes[from, to) is a date. */
  date(bytes: Uint8Array, from: number, to: number): boolean {
    this.#use(bytes, from, to);
    return this.#date() && this.#pos === to;
  }

  /** The whole of bytes[from, to) is a date with or without a time. */
  timestamp(bytes: Uint8Array, from: number, to: number): boolean {
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
