import { ColumnAggregates } from "./column-aggregates.js";
import type { AnyColumn } from "./column-argument.js";
import type { Agg, Named, Op } from "./column-term.js";
import { deepFreeze } from "./deep-freeze.js";
import type { AggregateCall, Expression } from "./expression.js";
import { expressionText } from "./format-expression.js";
import { COLUMN_MARK } from "./is-column.js";
import { type OrderedColumn, ordered } from "./ordered-column.js";
import { type TypeArgument, type TypeOfArgument, typeOfArgument } from "./type-argument.js";

declare const term: unique symbol;
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * A column of a query: an immutable expression. `E` is what the compiler knows of it (column-term.ts); it is resolved
 * against a frame's columns by the verb that takes the column.
 *
 * `col("amount").times(2).as("double")`
 */
export class Column<out E = unknown> extends ColumnAggregates<E> {
  declare readonly [term]: E;
  declare readonly [COLUMN_MARK]: true;
  readonly expression: Expression;

  constructor(expression: Expression) {
    super();
    this.expression = deepFreeze(expression);
  }

  /** The same column under another name. */
  as<N extends string>(name: N): Column<Named<N, E>> {
    const input = this.expression.kind === "alias" ? this.expression.input : this.expression;
    return new Column({ kind: "alias", name, input });
  }
  /** Another word for `as`. */
  alias<N extends string>(name: N): Column<Named<N, E>> {
    return this.as(name);
  }

  /** As another type (a type, or DDL such as "bigint"); a value that does not fit is an error. */
  cast<const T extends TypeArgument>(type: T): Column<Op<"cast", readonly [E], TypeOfArgument<T>>> {
    return this.#cast(type, false);
  }
  /** The same, but NULL where a value does not fit. */
  tryCast<const T extends TypeArgument>(type: T): Column<Op<"tryCast", readonly [E], TypeOfArgument<T>>> {
    return this.#cast(type, true);
  }

  /** A member of a struct. */
  getField<N extends string>(name: N): Column<Op<"getField", readonly [E], N>> {
    return new Column({ kind: "field", input: this.expression, name });
  }

  /** One row per element of a list, in a projection. */
  explode(): Column<Op<"explode", readonly [E]>> {
    return new Column({ kind: "explode", input: this.expression, outer: false });
  }
  /** The same, and one NULL row for a NULL or empty list. */
  explodeOuter(): Column<Op<"explodeOuter", readonly [E]>> {
    return new Column({ kind: "explode", input: this.expression, outer: true });
  }

  /** Ascending, for orderBy: NULLs first. */
  asc(): OrderedColumn<E> {
    return ordered(this, { descending: false, nullsFirst: true });
  }
  ascNullsLast(): OrderedColumn<E> {
    return ordered(this, { descending: false, nullsFirst: false });
  }
  /** Descending, for orderBy: NULLs last. */
  desc(): OrderedColumn<E> {
    return ordered(this, { descending: true, nullsFirst: false });
  }
  descNullsFirst(): OrderedColumn<E> {
    return ordered(this, { descending: true, nullsFirst: true });
  }

  override toString(): string {
    return expressionText(this.expression);
  }
  [INSPECT](): string {
    return `Column<${this.toString()}>`;
  }

  protected override derive<T>(expression: Expression): Column<T> {
    return new Column(expression);
  }
  protected override deriveAggregate<T>(call: AggregateCall): AggregateColumn<T> {
    return new AggregateColumn(call);
  }

  #cast<T>(type: TypeArgument, safe: boolean): Column<T> {
    return new Column({ kind: "cast", input: this.expression, type: typeOfArgument(type), safe });
  }
}
Object.defineProperty(Column.prototype, COLUMN_MARK, { value: true });

/** An aggregate, for agg(): `sum("amount").filter(col("paid"))`. */
export class AggregateColumn<out E = unknown> extends Column<E> {
  declare readonly expression: AggregateCall;

  /** Only rows for which `condition` is true are added. */
  filter<X extends AnyColumn>(condition: X): AggregateColumn<Filtered<E, X>> {
    const { where } = this.expression;
    const both: Expression =
      where === null ? condition.expression : { kind: "call", name: "and", args: [where, condition.expression] };
    return new AggregateColumn({ ...this.expression, where: both });
  }
}

type Filtered<E, X> =
  E extends Agg<infer F, infer A, infer T, infer W>
    ? Agg<F, A, T, readonly [...W, X extends Column<infer C> ? C : unknown]>
    : E;
