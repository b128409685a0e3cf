import type { Column } from "../../columnar/column.js";
import { columnFromValues } from "../../columnar/column-from-values.js";
import { valueAt } from "../../columnar/value-at.js";
import { ExpressionError, MillraceError } from "../../common/millrace-error.js";
import type { UserAggregateFunction } from "../../expressions/user-aggregate.js";
import { formatType } from "../../types/format-type.js";
import type { Accumulator, FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";

type UserFunction = UserAggregateFunction<unknown>;

/**
 * A user's aggregate over insert-only input, or one that can retract: one state per group, on the heap. NULL
 * arguments are handed to it. Algebra: the user's.
 */
export class UserAccumulator implements Accumulator {
  readonly #function: UserFunction;
  #states: unknown[] = [];

  constructor(userFunction: UserFunction) {
    this.#function = userFunction;
  }

  /** The user's states are not measured; a slot stands for each. */
  get bytes(): number {
    return this.#states.length * 8;
  }

  grow(capacity: number): void {
    while (this.#states.length < capacity) this.#states.push(this.#function.init());
  }

  add(entries: Contributions, args: readonly Column[]): void {
    for (let i = 0; i < entries.count; i++) {
      const values = args.map((column) => valueAt(column, entries.rows[i]));
      const weight = entries.weights === null ? 1 : entries.weights[i];
      for (let k = Math.abs(weight); k > 0; k--) this.#addOne(entries.groups[i], values, weight > 0);
    }
  }

  finish(range: FinishRange): Column {
    const values: unknown[] = [];
    for (let i = 0; i < range.count; i++) values.push(this.#function.finish(this.#states[range.groups[i]]));
    return this.#checked(values);
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#states[groups[i]] = this.#function.init();
  }

  merge(into: number, from: number): void {
    if (this.#function.merge === undefined)
      throw new Error("Broken invariant: a user aggregate without merge is recomputed");
    this.#states[into] = this.#function.merge(this.#states[into], this.#states[from]);
    this.#states[from] = this.#function.init();
  }

  /** What a user's function gives is data that enters: each value is checked against the declared type. */
  #checked(values: readonly unknown[]): Column {
    const { name, type } = this.#function;
    try {
      return columnFromValues(values, { type, nullable: true }, { column: name, rows: null });
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      const what = `finish of the user aggregate '${name}' gave what is no ${formatType(type)}: ${error.message}`;
      throw new ExpressionError("USER_AGGREGATE_RESULT", what);
    }
  }

  #addOne(group: number, values: readonly unknown[], isInsert: boolean): void {
    const state = this.#states[group];
    if (isInsert) this.#states[group] = this.#function.add(state, ...values);
    else if (this.#function.retract !== undefined) this.#states[group] = this.#function.retract(state, ...values);
    else throw new Error("Broken invariant: a user aggregate without retract met a retraction");
  }
}
