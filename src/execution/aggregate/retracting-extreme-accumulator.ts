import type { Column } from "../../columnar/column.js";
import { OrderedMultiset } from "../../state/ordered-multiset.js";
import type { StatePart } from "../../state/state-part.js";
import type { DataType } from "../../types/data-type.js";
import { type Accumulator, absentRows, type FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";

/**
 * min and max over retracting input, and first and last there: without an arrival order, first is the least of the
 * values and last the greatest. Keeps every value: O(log n) per distinct value that comes or goes.
 */
export class RetractingExtremeAccumulator implements Accumulator {
  readonly fields = [];
  readonly #values: OrderedMultiset;
  readonly #isMax: boolean;

  constructor(type: DataType, isMax: boolean, options: { codegen: boolean }) {
    this.#values = new OrderedMultiset(type, options);
    this.#isMax = isMax;
  }

  get bytes(): number {
    return this.#values.bytes;
  }

  grow(capacity: number): void {
    this.#values.grow(capacity);
  }

  add(entries: Contributions, args: readonly Column[]): void {
    this.#values.add(entries, args[0]);
  }

  finish(range: FinishRange): Column {
    const slots = new Int32Array(range.count);
    for (let i = 0; i < range.count; i++) {
      if (range.present[i] > 0)
        slots[i] = this.#isMax ? this.#values.greatest(range.groups[i]) : this.#values.least(range.groups[i]);
    }
    return this.#values.column({ slots, count: range.count, ...absentRows(range) });
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#values.clear(groups[i]);
  }

  merge(): void {
    throw new Error("Broken invariant: groups of retracting state are never merged");
  }

  load(): void {}

  save(): readonly Column[] {
    return [];
  }

  durableParts(name: string): readonly StatePart[] {
    return [this.#values.durablePart(name)];
  }
}
