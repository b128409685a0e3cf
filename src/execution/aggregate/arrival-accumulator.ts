import type { Column } from "../../columnar/column.js";
import { isNullAt } from "../../columnar/compare.js";
import { countedValidity } from "../../columnar/validity.js";
import { growFloat64 } from "../../state/grow.js";
import { float64ColumnOf, float64sOf } from "../../state/slot-columns.js";
import { createValueStore, type ValueStore } from "../../state/value-store.js";
import type { DataType, Field } from "../../types/data-type.js";
import { type Accumulator, absentRows, type FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";
import { FLOAT64 } from "./result-types.js";

/** No value yet. */
const UNSET = -1;

/**
 * first and last by arrival over insert-only input: the non-NULL value with the least (greatest) sequence number.
 * A semilattice over (sequence number, value).
 */
export class ArrivalAccumulator implements Accumulator {
  readonly fields: readonly Field[];
  readonly #store: ValueStore;
  readonly #isLast: boolean;
  #sequences = new Float64Array(0);

  constructor(type: DataType, isLast: boolean) {
    this.fields = [
      { name: "value", type, nullable: true },
      { name: "sequence", type: FLOAT64, nullable: false },
    ];
    this.#store = createValueStore(type);
    this.#isLast = isLast;
  }

  get bytes(): number {
    return this.#store.bytes + this.#sequences.byteLength;
  }

  grow(capacity: number): void {
    this.#store.grow(capacity);
    if (this.#sequences.length < capacity) this.#sequences = growFloat64(this.#sequences, capacity, UNSET);
  }

  /** The last value is looked for from the end, so that each chunk sets it about once per group. */
  add({ count, rows, groups, firstSequence }: Contributions, args: readonly Column[]): void {
    for (let k = 0; k < count; k++) {
      const i = this.#isLast ? count - 1 - k : k;
      const sequence = firstSequence + rows[i];
      if (!this.#replaces(this.#sequences[groups[i]], sequence)) continue;
      this.#store.set(groups[i], args[0], rows[i]);
      this.#sequences[groups[i]] = sequence;
    }
  }

  finish(range: FinishRange): Column {
    return this.#store.column({ slots: range.groups, count: range.count, ...absentRows(range) });
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#clear(groups[i]);
  }

  merge(into: number, from: number): void {
    if (this.#sequences[from] === UNSET) return;
    if (this.#replaces(this.#sequences[into], this.#sequences[from])) {
      this.#store.move(into, from);
      this.#sequences[into] = this.#sequences[from];
    }
    this.#clear(from);
  }

  save(groups: Int32Array): readonly Column[] {
    const count = groups.length;
    const isSet = new Uint8Array(count);
    for (let i = 0; i < count; i++) isSet[i] = this.#sequences[groups[i]] === UNSET ? 0 : 1;
    const values = this.#store.column({ slots: groups, count, ...countedValidity(isSet, count) });
    return [values, float64ColumnOf(this.#sequences, groups)];
  }

  load(groups: Int32Array, [values, sequences]: readonly Column[]): void {
    const sequenceOf = float64sOf(sequences);
    for (let i = 0; i < groups.length; i++) {
      this.#clear(groups[i]);
      if (isNullAt(values, i)) continue;
      this.#store.set(groups[i], values, i);
      this.#sequences[groups[i]] = sequenceOf[i];
    }
  }

  #replaces(kept: number, sequence: number): boolean {
    return kept === UNSET || (this.#isLast ? sequence > kept : sequence < kept);
  }

  #clear(group: number): void {
    if (this.#sequences[group] !== UNSET) this.#store.free(group);
    this.#sequences[group] = UNSET;
  }
}
