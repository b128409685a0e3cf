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
  /** The last day that #plainDay has met: its text up to the T as words, the third of which overlaps the second, and what it is. */
  #yearWord = -1;
  #monthWord = -1;
  #dayWord = -1;
  #knownDays = 0;

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

  /**
   * How many bytes from `from` on are a time as in `2024-01-31T12:30:00Z`, with or without milliseconds, which most writers write:
   * 20, 24, or 0 where something else stands. Everything has its place, so that four bytes at a time are looked at; `from + 24` must
   * be within the bytes.
   */
  plainUtc(words: DataView, from: number): number {
    const hours = words.getInt32(from + 11, true); // hh:m
    const seconds = words.getInt32(from + 15, true); // m:ss
    if ((hours & 0xf0fff0f0) !== 0x303a3030 || ((hours + 0x06000606) & 0xf000f0f0) !== 0x30003030) return 0;
    if ((seconds & 0xf0f0fff0) !== 0x30303a30 || ((seconds + 0x06060006) & 0xf0f000f0) !== 0x30300030) return 0;
    const hour = digitAt(hours, 0) * 10 + digitAt(hours, 8);
    const minute = digitAt(hours, 24) * 10 + digitAt(seconds, 0);
    const second = digitAt(seconds, 16) * 10 + digitAt(seconds, 24);
    if (hour > 23 || minute > 59 || second > 59 || !this.#plainDay(words, from)) return 0;
    this.microsOfDay = (hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND;
    const fraction = words.getInt32(from + 19, true); // .SSS
    if ((fraction & 255) === 90) return 20;
    if ((fraction & 0xf0f0f0ff) !== 0x3030302e || ((fraction + 0x06060600) & 0xf0f0f000) !== 0x30303000) return 0;
    if (words.getUint8(from + 23) !== 90) return 0;
    this.microsOfDay += ((digitAt(fraction, 8) * 10 + digitAt(fraction, 16)) * 10 + digitAt(fraction, 24)) * 1000;
    return 24;
  }

  /** Rows are mostly of the same day as those before them. */
  #plainDay(words: DataView, from: number): boolean {
    const first = words.getInt32(from, true);
    const second = words.getInt32(from + 4, true);
    const third = words.getInt32(from + 7, true);
    if (first !== this.#yearWord || second !== this.#monthWord || third !== this.#dayWord) {
      if (!this.#newDay(words, from)) return false;
      this.#yearWord = first;
      this.#monthWord = second;
      this.#dayWord = third;
    }
    this.days = this.#knownDays;
    return true;
  }

  #newDay(words: DataView, from: number): boolean {
    this.#use(new Uint8Array(words.buffer, words.byteOffset + from, 11), 0, 11);
    if (!this.#date() || !this.#skip(84)) return false;
    this.#knownDays = this.days;
    return true;
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

/** Of a word of digits: that of the byte which begins at the bit `at`. */
function digitAt(word: number, at: number): number {
  return (word >>> at) & 15;
}
