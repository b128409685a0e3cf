import type { Column } from "../../columnar/column.js";
import { columnFromValues } from "../../columnar/column-from-values.js";
import { valueAt } from "../../columnar/value-at.js";
import { ExpressionError, MillraceError, StreamingRefusal } from "../../common/millrace-error.js";
import type { UserAggregateFunction } from "../../expressions/user-aggregate.js";
import { NotPlain, plainValueFromText, plainValueToText } from "../../state/plain-value-text.js";
import type { StatePart } from "../../state/state-part.js";
import type { Field } from "../../types/data-type.js";
import { formatType } from "../../types/format-type.js";
import type { Accumulator, FinishRange } from "./accumulator.js";
import type { Contributions } from "./contributions.js";

const STATE: Field = { name: "state", type: { kind: "utf8" }, nullable: false };

type UserFunction = UserAggregateFunction<unknown>;

/**
 * A user's aggregate over insert-only input, or one that can retract: one state per group, on the heap. NULL
 * arguments are handed to it. Algebra: the user's.
 */
export class UserAccumulator implements Accumulator {
  readonly fields = [STATE];
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

  /** A state that no text can hold is refused when the query starts, not when the first one is to be kept. */
  durableParts(): readonly StatePart[] {
    this.#textOf(this.#function.init());
    return [];
  }

  save(groups: Int32Array): readonly Column[] {
    const texts = Array.from(groups, (group) => this.#textOf(this.#states[group]));
    return [columnFromValues(texts, STATE, { column: this.#function.name, rows: null })];
  }

  load(groups: Int32Array, columns: readonly Column[]): void {
    for (let i = 0; i < groups.length; i++) {
      this.#states[groups[i]] = plainValueFromText(String(valueAt(columns[0], i)));
    }
  }

  #textOf(state: unknown): string {
    try {
      return plainValueToText(state);
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error;
      const what = `The state of the user aggregate '${this.#function.name}' holds ${error.message}, which a checkpoint cannot keep.`;
      throw new StreamingRefusal("USER_STATE_NOT_STORABLE", what, {
        hint: "Keep plain data: numbers, texts, bigints, dates, typed arrays, and arrays, objects, Maps and Sets of them.",
      });
    }
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
