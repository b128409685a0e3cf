import { allocateInt64, growInt64, int32Halves } from "../../columnar/buffers.js";
import type { Int64Column } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { NullMarks } from "./null-marks.js";

const HALF = 0x1_0000_0000;
/** Up to here microseconds are exact as a number. */
const EXACT_MILLIS = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

/** Timestamps: milliseconds as they stand in records, microseconds in columns. NULL where those do not reach: in the year 287,396. */
export class RecordTimes {
  #values: BigInt64Array = allocateInt64(0);
  #halves = int32Halves(this.#values);
  readonly #nulls = new NullMarks();

  /** Room for `rows` rows altogether. */
  reserve(rows: number): void {
    this.#values = growInt64(this.#values, rows);
    this.#halves = int32Halves(this.#values);
  }

  put(row: number, millis: number): void {
    if (millis > EXACT_MILLIS || millis < -EXACT_MILLIS) {
      this.#putFar(row, millis);
      return;
    }
    const micros = millis * 1000;
    const high = Math.floor(micros / HALF);
    this.#halves[2 * row] = micros - high * HALF;
    this.#halves[2 * row + 1] = high;
  }

  #putFar(row: number, millis: number): void {
    if (Number.isSafeInteger(millis)) this.#values[row] = BigInt(millis) * 1000n;
    else this.#nulls.mark(row);
  }

  truncate(rows: number): void {
    this.#nulls.truncate(rows);
  }

  finish(type: DataType, rows: number): Int64Column {
    return { layout: "int64", type, length: rows, ...this.#nulls.finish(rows), values: this.#values };
  }
}
