import type { Column } from "../../columnar/column.js";
import type { Field } from "../../types/data-type.js";
import { type Accumulator, absentRows, type FinishRange, type UpdateStep } from "./accumulator.js";
import type { Contributions } from "./contributions.js";
import { FLOAT_SUM_FIELDS, FloatSums } from "./float-sums.js";
import { INTEGER_SUM_FIELDS, IntegerSums } from "./integer-sums.js";
import { FLOAT64 } from "./result-types.js";

/** avg = sum / number of non-NULL values, one division. Over integers the sum is exact. Linear. */
export class AverageAccumulator implements Accumulator {
  readonly fields: readonly Field[];
  readonly #integers = new IntegerSums();
  readonly #floats = new FloatSums();
  readonly #isInteger: boolean;

  constructor(isInteger: boolean) {
    this.#isInteger = isInteger;
    this.fields = isInteger ? INTEGER_SUM_FIELDS : FLOAT_SUM_FIELDS;
  }

  get bytes(): number {
    return this.#integers.bytes + this.#floats.bytes;
  }

  grow(capacity: number): void {
    if (this.#isInteger) this.#integers.grow(capacity);
    else this.#floats.grow(capacity);
  }

  add(entries: Contributions, args: readonly Column[]): void {
    if (this.#isInteger) this.#integers.add(entries, args[0]);
    else this.#floats.add(entries, args[0]);
  }

  updateStep(args: readonly Column[]): UpdateStep | null {
    return this.#isInteger ? null : this.#floats.updateStep(args[0]);
  }

  finish(range: FinishRange): Column {
    const values = new Float64Array(range.count);
    for (let i = 0; i < range.count; i++) {
      if (range.present[i] > 0) values[i] = this.#total(range.groups[i]) / range.present[i];
      else this.#clear(range.groups[i]);
    }
    const { nullCount, validity } = absentRows(range);
    return { layout: "float64", type: FLOAT64, length: range.count, nullCount, validity, values };
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#clear(groups[i]);
  }

  merge(into: number, from: number): void {
    if (this.#isInteger) this.#integers.merge(into, from);
    else this.#floats.merge(into, from);
  }

  save(groups: Int32Array): readonly Column[] {
    return this.#isInteger ? this.#integers.save(groups) : this.#floats.save(groups);
  }

  load(groups: Int32Array, columns: readonly Column[]): void {
    if (this.#isInteger) this.#integers.load(groups, columns);
    else this.#floats.load(groups, columns);
  }

  #total(group: number): number {
    return this.#isInteger ? this.#integers.toNumber(group) : this.#floats.total(group);
  }

  #clear(group: number): void {
    if (this.#isInteger) this.#integers.clear(group);
    else this.#floats.clear(group);
  }
}
