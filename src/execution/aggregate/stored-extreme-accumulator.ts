import type { Column } from "../../columnar/column.js";
import { isNullAt } from "../../columnar/compare.js";
import { countedValidity } from "../../columnar/validity.js";
import { growBytes } from "../../state/grow.js";
import { createValueStore, type ValueStore } from "../../state/value-store.js";
import type { DataType, Field } from "../../types/data-type.js";
import { type Accumulator, absentRows, type FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";

/** min and max of text, binary, lists and structs over insert-only input: one value per group. A semilattice. */
export class StoredExtremeAccumulator implements Accumulator {
  readonly fields: readonly Field[];
  readonly #store: ValueStore;
  readonly #isMax: boolean;
  #isSet = new Uint8Array(0);

  constructor(type: DataType, isMax: boolean) {
    this.fields = [{ name: "value", type, nullable: true }];
    this.#store = createValueStore(type);
    this.#isMax = isMax;
  }

  get bytes(): number {
    return this.#store.bytes + this.#isSet.byteLength;
  }

  grow(capacity: number): void {
    this.#store.grow(capacity);
    if (this.#isSet.length < capacity) this.#isSet = growBytes(this.#isSet, capacity);
  }

  add({ count, rows, groups }: Contributions, args: readonly Column[]): void {
    for (let i = 0; i < count; i++) {
      const group = groups[i];
      if (this.#isSet[group] === 1 && !this.#replaces(this.#store.compareTo(group, args[0], rows[i]))) continue;
      this.#store.set(group, args[0], rows[i]);
      this.#isSet[group] = 1;
    }
  }

  finish(range: FinishRange): Column {
    return this.#store.column({ slots: range.groups, count: range.count, ...absentRows(range) });
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#clear(groups[i]);
  }

  merge(into: number, from: number): void {
    if (this.#isSet[from] === 0) return;
    if (this.#isSet[into] === 0 || this.#replaces(this.#store.compare(into, from))) this.#store.move(into, from);
    this.#isSet[into] = 1;
    this.#clear(from);
  }

  save(groups: Int32Array): readonly Column[] {
    const count = groups.length;
    const isSet = new Uint8Array(count);
    for (let i = 0; i < count; i++) isSet[i] = this.#isSet[groups[i]];
    return [this.#store.column({ slots: groups, count, ...countedValidity(isSet, count) })];
  }

  load(groups: Int32Array, [values]: readonly Column[]): void {
    for (let i = 0; i < groups.length; i++) {
      this.#clear(groups[i]);
      if (isNullAt(values, i)) continue;
      this.#store.set(groups[i], values, i);
      this.#isSet[groups[i]] = 1;
    }
  }

  /** Does the other value replace the kept one, given how the kept one compares with it? */
  #replaces(keptToOther: number): boolean {
    return this.#isMax ? keptToOther < 0 : keptToOther > 0;
  }

  #clear(group: number): void {
    if (this.#isSet[group] === 1) this.#store.free(group);
    this.#isSet[group] = 0;
  }
}
