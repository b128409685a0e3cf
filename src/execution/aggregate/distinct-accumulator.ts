import type { Column } from "../../columnar/column.js";
import { GroupedValues } from "../../state/grouped-values.js";
import type { StatePart } from "../../state/state-part.js";
import type { DataType } from "../../types/data-type.js";
import type { Accumulator, FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";
import { countColumn } from "./count-accumulator.js";

/** countDistinct: the distinct (tuples of) non-NULL values of every group, with their weights. */
export class DistinctAccumulator implements Accumulator {
  readonly fields = [];
  readonly #values: GroupedValues;

  constructor(types: readonly DataType[], options: { codegen: boolean }) {
    this.#values = new GroupedValues(types, options);
  }

  get bytes(): number {
    return this.#values.bytes;
  }

  grow(capacity: number): void {
    this.#values.grow(capacity);
  }

  add(entries: Contributions, args: readonly Column[]): void {
    this.#values.add(entries, args, null);
  }

  finish(range: FinishRange): Column {
    const counts = new Float64Array(range.count);
    for (let i = 0; i < range.count; i++) counts[i] = this.#values.distinct(range.groups[i]);
    return countColumn(counts, range.count);
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#values.clear(groups[i]);
  }

  merge(into: number, from: number): void {
    this.#values.merge(into, from);
  }

  load(): void {}

  save(): readonly Column[] {
    return [];
  }

  durableParts(name: string): readonly StatePart[] {
    return [this.#values.durablePart(name, null)];
  }
}
