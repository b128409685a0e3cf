import { allocateBytes, allocateInt32, growBytes, requireInt32Total } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import type { Validity } from "../../columnar/validity.js";
import type { DataType } from "../../types/data-type.js";

const encoder = new TextEncoder();

/**
 * Builds the text of the rows somebody selected: append the pieces of a row, then close it. Rows are closed in ascending
 * order; those never closed are empty. Writers of digits reserve room and write into `bytes` at `end` themselves.
 */
export class TextWriter {
  bytes: Uint8Array;
  end = 0;
  readonly #offsets: Int32Array;
  #filled = 0;

  /** @param size a guess at the bytes all rows need */
  constructor(length: number, size: number) {
    this.#offsets = allocateInt32(length + 1);
    this.bytes = allocateBytes(Math.max(16, size));
  }

  reserve(count: number): void {
    const needed = this.end + count;
    if (needed > this.bytes.length) this.bytes = growBytes(this.bytes, requireInt32Total(needed));
  }

  append(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    const { bytes } = this;
    let { end } = this;
    if (to - from > 48) {
      bytes.set(source.subarray(from, to), end);
      end += to - from;
    } else {
      for (let p = from; p < to; p++) bytes[end++] = source[p];
    }
    this.end = end;
  }

  appendText(text: string): void {
    this.reserve(text.length * 3);
    this.end += encoder.encodeInto(text, this.bytes.subarray(this.end)).written;
  }

  /** For text of letters, digits and signs only. */
  appendAscii(text: string): void {
    this.reserve(text.length);
    const { bytes, end } = this;
    for (let i = 0; i < text.length; i++) bytes[end + i] = text.charCodeAt(i);
    this.end = end + text.length;
  }

  appendByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.end++] = byte;
  }

  closeRow(row: number): void {
    const offsets = this.#offsets;
    const start = offsets[this.#filled];
    for (let i = this.#filled + 1; i <= row; i++) offsets[i] = start;
    offsets[row + 1] = this.end;
    this.#filled = row + 1;
  }

  finish(type: DataType, length: number, validity: Validity): BytesColumn {
    const offsets = this.#offsets;
    offsets.fill(this.end, this.#filled + 1);
    const bytes = this.bytes.subarray(0, this.end);
    return { layout: "bytes", type, length, nullCount: validity.nullCount, validity: validity.validity, offsets, bytes };
  }
}
