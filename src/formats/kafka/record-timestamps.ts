import { int32Halves } from "../../columnar/buffers.js";
import type { Int64Column } from "../../columnar/column.js";

const HALF = 0x1_0000_0000;

/** Timestamps as records have them: whole milliseconds, of the microseconds in a column. */
export class RecordTimestamps {
  readonly #values: BigInt64Array;
  readonly #halves: Int32Array;
  readonly #validity: Uint8Array | null;
  readonly #nowMs: number;

  /** A row without one has the time of writing. */
  constructor(column: Int64Column | null, nowMs: number) {
    this.#values = column?.values ?? new BigInt64Array(0);
    this.#halves = int32Halves(this.#values);
    this.#validity = column?.validity ?? null;
    this.#nowMs = nowMs;
  }

  millisAt(row: number): number {
    if (row >= this.#values.length || this.#validity?.[row] === 0) return this.#nowMs;
    const micros = this.#halves[2 * row + 1] * HALF + (this.#halves[2 * row] >>> 0);
    return Number.isSafeInteger(micros) ? Math.floor(micros / 1000) : farMillis(this.#values[row]);
  }
}

/** Rounded down, as above. */
function farMillis(micros: bigint): number {
  return Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n);
}
