import { allocateInt64, growInt64, int32Halves } from "../../columnar/buffers.js";
import type { Int64Column } from "../../columnar/column.js";
import { ALL_VALID } from "../../columnar/validity.js";
import type { DataType } from "../../types/data-type.js";

const HALF = 0x1_0000_0000;

/** Offsets of records, as their distance from their batch's first. */
export class RecordOffsets {
  #values: BigInt64Array = allocateInt64(0);
  #halves = int32Halves(this.#values);
  #baseLow = 0;
  #baseHigh = 0;

  /** What is put next counts from here. */
  set base(offset: number) {
    this.#baseHigh = Math.floor(offset / HALF);
    this.#baseLow = offset - this.#baseHigh * HALF;
  }

  /** Room for `rows` rows altogether. */
  reserve(rows: number): void {
    this.#values = growInt64(this.#values, rows);
    this.#halves = int32Halves(this.#values);
  }

  put(row: number, delta: number): void {
    const low = this.#baseLow + delta;
    this.#halves[2 * row] = low;
    this.#halves[2 * row + 1] = low < HALF ? this.#baseHigh : this.#baseHigh + 1;
  }

  finish(type: DataType, rows: number): Int64Column {
    return { layout: "int64", type, length: rows, ...ALL_VALID, values: this.#values };
  }
}
