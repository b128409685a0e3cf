import type { Column } from "../../columnar/column.js";
import { type Accumulator, absentRows, type FinishRange, type UpdateStep } from "./accumulator.js";
import type { Contributions } from "./contributions.js";
import { FLOAT_SUM_FIELDS, FloatSums } from "./float-sums.js";
import { FLOAT64 } from "./result-types.js";

/** sum of doubles, within 4 ulp for any order. Linear. */
export class FloatSumAccumulator implements Accumulator {
  readonly fields = FLOAT_SUM_FIELDS;
  readonly #sums = new FloatSums();

  get bytes(): number {
    return this.#sums.bytes;
  }

  grow(capacity: number): void {
    this.#sums.grow(capacity);
  }

  add(entries: Contributions, args: readonly Column[]): void {
    this.#sums.add(entries, args[0]);
  }

  updateStep(args: readonly Column[]): UpdateStep | null {
    return this.#sums.updateStep(args[0]);
  }

  finish(range: FinishRange): Column {
    const values = new Float64Array(range.count);
    for (let i = 0; i < range.count; i++) {
      if (range.present[i] > 0) values[i] = this.#sums.total(range.groups[i]);
      else this.#sums.clear(range.groups[i]);
    }
    const { nullCount, validity } = absentRows(range);
    return { layout: "float64", type: FLOAT64, length: range.count, nullCount, validity, values };
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#sums.clear(groups[i]);
  }

  merge(into: number, from: number): void {
    this.#sums.merge(into, from);
  }

  save(groups: Int32Array): readonly Column[] {
    return this.#sums.save(groups);
  }

  load(groups: Int32Array, columns: readonly Column[]): void {
    this.#sums.load(groups, columns);
  }
}
