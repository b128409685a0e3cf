import { allocateBytes } from "../../columnar/buffers.js";
import { civilFromDays } from "../../types/civil.js";
import type { RowTexts } from "./row-texts.js";

const SPACE = 32;
const PLUS = 43;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const ZERO = 48;
/** A sign, seven digits of a year, and -MM-dd. */
const LONGEST_DATE = 16;
/** " HH:mm:ss.ffffff" */
const LONGEST_TIME = 16;

const civil = new Int32Array(3);

/** Writes dates and times; the date that was written last is kept, because rows in order of time mostly share it. */
export class InstantText {
  readonly #date = allocateBytes(LONGEST_DATE);
  #dateLength = 0;
  #days = Number.NaN;

  /** yyyy-MM-dd; years of more than four digits have a sign, as ISO 8601 wants it. */
  date(out: RowTexts, days: number): void {
    if (days !== this.#days) this.#spell(days);
    out.reserve(LONGEST_DATE + LONGEST_TIME);
    const { bytes, end } = out;
    const length = this.#dateLength;
    for (let i = 0; i < length; i++) bytes[end + i] = this.#date[i];
    out.end = end + length;
  }

  /** yyyy-MM-dd HH:mm:ss, with a fraction where there is one, without its trailing zeros. */
  instant(out: RowTexts, days: number, microsOfDay: number): void {
    this.date(out, days);
    const { bytes, end } = out;
    const seconds = Math.floor(microsOfDay / 1_000_000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    bytes[end] = SPACE;
    twoDigits(bytes, end + 1, hours);
    bytes[end + 3] = COLON;
    twoDigits(bytes, end + 4, minutes - hours * 60);
    bytes[end + 6] = COLON;
    twoDigits(bytes, end + 7, seconds - minutes * 60);
    out.end = end + 9;
    const fraction = microsOfDay - seconds * 1_000_000;
    if (fraction > 0) writeFraction(out, fraction);
  }

  #spell(days: number): void {
    civilFromDays(days, civil);
    const [year, month, day] = civil;
    const bytes = this.#date;
    let end = 0;
    if (year < 0 || year > 9999) bytes[end++] = year < 0 ? DASH : PLUS;
    const size = Math.abs(year);
    if (size > 9999) for (const digit of String(Math.floor(size / 10_000))) bytes[end++] = digit.charCodeAt(0);
    twoDigits(bytes, end, Math.floor(size / 100) % 100);
    twoDigits(bytes, end + 2, size % 100);
    end += 4;
    bytes[end] = DASH;
    twoDigits(bytes, end + 1, month);
    bytes[end + 3] = DASH;
    twoDigits(bytes, end + 4, day);
    this.#dateLength = end + 6;
    this.#days = days;
  }
}

function twoDigits(bytes: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  bytes[at] = ZERO + tens;
  bytes[at + 1] = ZERO + value - tens * 10;
}

function writeFraction(out: RowTexts, micros: number): void {
  const { bytes } = out;
  let { end } = out;
  const upper = Math.floor(micros / 10_000);
  const middle = Math.floor(micros / 100) - upper * 100;
  bytes[end] = DOT;
  twoDigits(bytes, end + 1, upper);
  twoDigits(bytes, end + 3, middle);
  twoDigits(bytes, end + 5, micros - (upper * 100 + middle) * 100);
  end += 7;
  while (bytes[end - 1] === ZERO) end--;
  out.end = end;
}
