import type { Column } from "../../columnar/column.js";
import { ExpressionError } from "../../common/millrace-error.js";
import { type Accumulator, absentRows, type FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";
import { INTEGER_SUM_FIELDS, IntegerSums } from "./integer-sums.js";
import { INT64 } from "./result-types.js";

/** sum of integers: exact inside; only a result that is sent can overflow. Linear. */
export class IntegerSumAccumulator implements Accumulator {
  readonly fields = INTEGER_SUM_FIELDS;
  readonly #sums = new IntegerSums();
  readonly #place: string;

  /** @param place names the aggregate in errors. */
  constructor(place: string) {
    this.#place = place;
  }

  get bytes(): number {
    return this.#sums.bytes;
  }

  grow(capacity: number): void {
    this.#sums.grow(capacity);
  }

  add(entries: Contributions, args: readonly Column[]): void {
    this.#sums.add(entries, args[0]);
  }

  finish(range: FinishRange): Column {
    const values = new BigInt64Array(range.count);
    const halves = new Int32Array(values.buffer);
    for (let i = 0; i < range.count; i++) {
      if (range.present[i] > 0 && !this.#sums.write(range.groups[i], halves, i)) this.#refuse();
    }
    const { nullCount, validity } = absentRows(range);
    return { layout: "int64", type: INT64, length: range.count, nullCount, validity, values };
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

  #refuse(): never {
    throw new ExpressionError("SUM_OVERFLOW", "A sum of integers is beyond int64.", {
      place: this.#place,
      hint: "Cast the argument to double, or sum over fewer rows.",
    });
  }
}
