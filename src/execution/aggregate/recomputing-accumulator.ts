import type { Column } from "../../columnar/column.js";
import { columnBuilder } from "../../columnar/column-builder.js";
import { valueAt } from "../../columnar/value-at.js";
import type { UserAggregateFunction } from "../../expressions/user-aggregate.js";
import { OrderedMultiset } from "../../state/ordered-multiset.js";
import type { StatePart } from "../../state/state-part.js";
import type { DataType } from "../../types/data-type.js";
import type { Accumulator, FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";

/**
 * A user's aggregate without `retract` over retracting input: keeps the group's argument rows and folds them, in
 * their order, whenever a result is wanted. Costs O(rows of the group) per touched group and trigger.
 */
export class RecomputingAccumulator implements Accumulator {
  readonly fields = [];
  readonly #function: UserAggregateFunction<unknown>;
  readonly #rows: OrderedMultiset;
  readonly #arity: number;

  constructor(userFunction: UserAggregateFunction<unknown>, types: readonly DataType[], options: { codegen: boolean }) {
    this.#function = userFunction;
    this.#arity = types.length;
    // Always a struct, so that a NULL argument is a member of a value that is not NULL itself.
    this.#rows = new OrderedMultiset(structOf(types), options);
  }

  get bytes(): number {
    return this.#rows.bytes;
  }

  grow(capacity: number): void {
    this.#rows.grow(capacity);
  }

  add(entries: Contributions, args: readonly Column[]): void {
    const length = Math.max(0, ...args.map((column) => column.length));
    const type = structOf(args.map((column) => column.type));
    this.#rows.add(entries, { layout: "struct", type, length, nullCount: 0, validity: null, children: args });
  }

  finish(range: FinishRange): Column {
    const builder = columnBuilder(this.#function.type, range.count);
    for (let i = 0; i < range.count; i++) builder.append(this.#function.finish(this.#fold(range.groups[i])));
    return builder.finish();
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#rows.clear(groups[i]);
  }

  merge(): void {
    throw new Error("Broken invariant: groups of retracting state are never merged");
  }

  load(): void {}

  save(): readonly Column[] {
    return [];
  }

  durableParts(name: string): readonly StatePart[] {
    return [this.#rows.durablePart(name)];
  }

  #fold(group: number): unknown {
    const slots = Int32Array.from(this.#rows.ordered(group));
    const rows = this.#rows.column({ slots, count: slots.length, validity: null, nullCount: 0 });
    let state = this.#function.init();
    for (let row = 0; row < slots.length; row++) {
      const values = this.#valuesOf(rows, row);
      for (let k = this.#rows.weight(slots[row]); k > 0; k--) state = this.#function.add(state, ...values);
    }
    return state;
  }

  #valuesOf(rows: Column, row: number): unknown[] {
    if (rows.layout !== "struct") throw new Error(`Broken invariant: kept rows have layout ${rows.layout}`);
    return rows.children.slice(0, this.#arity).map((child) => valueAt(child, row));
  }
}

function structOf(types: readonly DataType[]): DataType {
  return { kind: "struct", fields: types.map((type, index) => ({ name: String(index), type, nullable: true })) };
}
