import { allocateInt32, growBytes, growInt32 } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { NullMarks } from "./null-marks.js";

/**
 * A column of bytes that stays in the memory it is read from: each value moves down to the end of the one before, over
 * what has been read already. So values are put in the order in which they lie there.
 */
export class MovedValues {
  memory: Uint8Array;
  #offsets: Int32Array = allocateInt32(1);
  readonly #nulls = new NullMarks();

  /** Values begin at `from`. */
  constructor(memory: Uint8Array, from: number) {
    this.memory = memory;
    this.#offsets[0] = from;
  }

  /** Room for `rows` rows altogether. */
  reserve(rows: number): void {
    this.#offsets = growInt32(this.#offsets, rows + 1);
  }

  /** Where the values of the first `rows` rows end: the memory behind is free, as far as it has been read. */
  endOf(rows: number): number {
    return this.#offsets[rows];
  }

  /** memory[from, from + length) as row `row`; a length below 0 is NULL. */
  put(row: number, from: number, length: number): void {
    const at = this.#offsets[row];
    if (length < 0) this.#putNull(row, at);
    else {
      this.memory.copyWithin(at, from, from + length);
      this.#offsets[row + 1] = at + length;
    }
  }

  #putNull(row: number, at: number): void {
    this.#nulls.mark(row);
    this.#offsets[row + 1] = at;
  }

  /** Copies bytes to behind the first `rows` rows, to be read from there; says where. */
  takeIn(bytes: Uint8Array, rows: number): number {
    const at = this.endOf(rows);
    this.memory = growBytes(this.memory, at + bytes.length);
    this.memory.set(bytes, at);
    return at;
  }

  truncate(rows: number): void {
    this.#nulls.truncate(rows);
  }

  finish(type: DataType, rows: number): BytesColumn {
    const nulls = this.#nulls.finish(rows);
    return { layout: "bytes", type, length: rows, ...nulls, offsets: this.#offsets, bytes: this.memory };
  }
}
