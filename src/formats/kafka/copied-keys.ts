import { allocateBytes, allocateInt32, growBytes, growInt32 } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { NullMarks } from "./null-marks.js";

const WORD = 4;
/** Longer ones are copied by a call; up to here a loop is faster. */
const LONG = 256;

/** A column of bytes in memory of its own, for short rows: they are copied in words, over what the next row covers again. */
export class CopiedKeys {
  #bytes: Uint8Array = allocateBytes(1024);
  #view = viewOf(this.#bytes);
  #source: Uint8Array;
  #sourceView: DataView;
  #offsets: Int32Array = allocateInt32(1);
  readonly #nulls = new NullMarks();

  constructor(source: Uint8Array) {
    this.#source = source;
    this.#sourceView = viewOf(source);
  }

  /** What is put next is read from `source`. */
  readFrom(source: Uint8Array): void {
    if (source === this.#source) return;
    this.#source = source;
    this.#sourceView = viewOf(source);
  }

  /** Room for `rows` rows altogether. */
  reserve(rows: number): void {
    this.#offsets = growInt32(this.#offsets, rows + 1);
  }

  /** source[from, from + length) as row `row`; a length below 0 is NULL. */
  put(row: number, from: number, length: number): void {
    const at = this.#offsets[row];
    if (length > 0) this.#copy(at, from, length);
    else if (length < 0) this.#nulls.mark(row);
    this.#offsets[row + 1] = length > 0 ? at + length : at;
  }

  #copy(at: number, from: number, length: number): void {
    if (at + length + WORD > this.#bytes.length) this.#grow(at + length + WORD);
    if (length > LONG || from + length + WORD > this.#source.length) {
      this.#bytes.set(this.#source.subarray(from, from + length), at);
      return;
    }
    const view = this.#view;
    const source = this.#sourceView;
    for (let i = 0; i < length; i += WORD) view.setInt32(at + i, source.getInt32(from + i, true), true);
  }

  #grow(needed: number): void {
    this.#bytes = growBytes(this.#bytes, needed);
    this.#view = viewOf(this.#bytes);
  }

  truncate(rows: number): void {
    this.#nulls.truncate(rows);
  }

  finish(type: DataType, rows: number): BytesColumn {
    const nulls = this.#nulls.finish(rows);
    return { layout: "bytes", type, length: rows, ...nulls, offsets: this.#offsets, bytes: this.#bytes };
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
