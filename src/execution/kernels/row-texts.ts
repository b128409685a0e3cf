import { allocateBytes, allocateInt32, growBytes, requireInt32Total } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { noNulls } from "./lane-column.js";

const encoder = new TextEncoder();
/** Longer pieces are copied by memcpy; shorter ones by a loop, which makes no view object. */
const COPY_LOOP_LIMIT = 48;

/** Writes the texts of a column in ascending order of rows; rows that are left out are empty. */
export class RowTexts {
  bytes: Uint8Array;
  /** End of what is written: whoever writes into `bytes` reserves room first, then moves it. */
  end = 0;
  readonly #offsets: Int32Array;
  readonly #length: number;
  #next = 0;

  constructor(length: number, capacity: number) {
    this.#length = length;
    this.#offsets = allocateInt32(length + 1);
    this.bytes = allocateBytes(Math.max(capacity, 16));
  }

  /** What follows belongs to this row. */
  start(row: number): void {
    while (this.#next <= row) this.#offsets[this.#next++] = this.end;
  }

  /** Room for `count` more bytes. */
  reserve(count: number): void {
    if (this.end + count > this.bytes.length) this.bytes = growBytes(this.bytes, requireInt32Total(this.end + count));
  }

  copy(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    const target = this.bytes;
    if (to - from > COPY_LOOP_LIMIT) target.set(source.subarray(from, to), this.end);
    else for (let p = from, at = this.end; p < to; p++, at++) target[at] = source[p];
    this.end += to - from;
  }

  text(text: string): void {
    this.reserve(3 * text.length);
    this.end += encoder.encodeInto(text, this.bytes.subarray(this.end)).written;
  }

  /** Text whose characters are all below 128. */
  ascii(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.end++] = text.charCodeAt(i);
  }

  /** At least `width` digits of a whole number from 0 to 2^53. */
  digits(value: number, width: number): void {
    let size = 1;
    for (let power = 10; power <= value; power *= 10) size++;
    size = Math.max(size, width);
    this.reserve(size);
    let rest = value;
    for (let at = this.end + size - 1; at >= this.end; at--) {
      const tens = Math.floor(rest / 10);
      this.bytes[at] = 48 + rest - tens * 10;
      rest = tens;
    }
    this.end += size;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.end++] = value;
  }

  finish(type: DataType): BytesColumn {
    this.start(this.#length);
    return {
      ...noNulls(type, this.#length),
      layout: "bytes",
      offsets: this.#offsets,
      bytes: this.bytes.subarray(0, this.end),
    };
  }
}
