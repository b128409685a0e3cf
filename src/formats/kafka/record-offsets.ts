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

  /** Room for `rows` rows altogether; what is put next counts from `base`. */
  begin(base: number, rows: number): void {
    this.#baseHigh = Math.floor(base / HALF);
    this.#baseLow = base - this.#baseHigh * HALF;
    if (rows <= this.#values.length) return;
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
