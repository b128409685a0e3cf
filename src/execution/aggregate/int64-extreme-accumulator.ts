import type { Column } from "../../columnar/column.js";
import { halvesOf } from "../../state/number-words.js";
import { int64ColumnOf, int64sOf } from "../../state/slot-columns.js";
import type { Field, Int64Type, TimestampType } from "../../types/data-type.js";
import { type Accumulator, absentRows, type FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";
import { INT64 } from "./result-types.js";

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/** min and max of int64 and timestamp over insert-only input; values are compared as halves. A semilattice. */
export class Int64ExtremeAccumulator implements Accumulator {
  readonly fields: readonly Field[] = [{ name: "value", type: INT64, nullable: false }];
  readonly #type: Int64Type | TimestampType;
  readonly #isMax: boolean;
  #values = new BigInt64Array(0);
  /** The same memory as int32 pairs, low half first. */
  #halves = new Int32Array(0);

  constructor(type: Int64Type | TimestampType, isMax: boolean) {
    this.#type = type;
    this.#isMax = isMax;
  }

  get bytes(): number {
    return this.#values.byteLength;
  }

  grow(capacity: number): void {
    const old = this.#values;
    if (old.length >= capacity) return;
    this.#values = new BigInt64Array(capacity).fill(this.#identity, old.length);
    this.#values.set(old);
    this.#halves = new Int32Array(this.#values.buffer);
  }

  add({ count, rows, groups }: Contributions, args: readonly Column[]): void {
    const column = args[0];
    if (column.layout !== "int64") throw new Error(`Broken invariant: an int64 of layout ${column.layout}`);
    const source = halvesOf(column);
    const best = this.#halves;
    const isMax = this.#isMax;
    for (let i = 0; i < count; i++) {
      const at = groups[i] << 1;
      const low = source[rows[i] << 1];
      const high = source[(rows[i] << 1) + 1];
      const bestHigh = best[at + 1];
      const isBelow = high < bestHigh || (high === bestHigh && low >>> 0 < best[at] >>> 0);
      if (isBelow === isMax) continue;
      best[at] = low;
      best[at + 1] = high;
    }
  }

  finish(range: FinishRange): Column {
    const values = new BigInt64Array(range.count);
    for (let i = 0; i < range.count; i++) values[i] = this.#values[range.groups[i]];
    const { nullCount, validity } = absentRows(range);
    return { layout: "int64", type: this.#type, length: range.count, nullCount, validity, values };
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#values[groups[i]] = this.#identity;
  }

  merge(into: number, from: number): void {
    const isBelow = this.#values[from] < this.#values[into];
    if (isBelow !== this.#isMax) this.#values[into] = this.#values[from];
    this.#values[from] = this.#identity;
  }

  save(groups: Int32Array): readonly Column[] {
    return [int64ColumnOf(this.#values, groups)];
  }

  load(groups: Int32Array, columns: readonly Column[]): void {
    const values = int64sOf(columns[0]);
    for (let i = 0; i < groups.length; i++) this.#values[groups[i]] = values[i];
  }

  get #identity(): bigint {
    return this.#isMax ? LEAST : GREATEST;
  }
}
