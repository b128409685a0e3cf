import type { AnyColumn } from "../expressions/column-argument.js";
import { AggregateColumn, type Column } from "../expressions/column-expression.js";
import { columnPath } from "../expressions/column-path.js";
import type { Agg, Ref } from "../expressions/column-term.js";
import type { AggregateName, Expression } from "../expressions/expression.js";
import { count } from "../expressions/functions/aggregates.js";
import type { Int64Type } from "../types/data-type.js";
import { aggregateExpressions } from "./column-expressions.js";
import type { DataFrame } from "./data-frame.js";
import type {
  AggregateChecked,
  Aggregated,
  AggregateNameChecked,
  ColumnRecord,
  NameHint,
  Unknown,
} from "./frame-columns.js";

type Shortcut<F extends string, N extends readonly string[]> = {
  readonly [I in keyof N]: Column<Agg<F, readonly [Ref<N[I]>]>>;
};

/** Rows grouped by keys K (columns by name), waiting for aggregates over columns S. */
export class GroupedData<S = Unknown, K = Unknown> {
  readonly #frame: DataFrame<S>;
  readonly #keys: readonly Expression[];

  constructor(frame: DataFrame<S>, keys: readonly Expression[]) {
    this.#frame = frame;
    this.#keys = Object.freeze([...keys]);
  }

  /**
   * The keys, then one column per aggregate: as a record of names, `agg({ n: count(), total: sum("amount") })`, or as
   * columns, `agg(count().as("n"), sum("amount"))`, which are called after themselves where they have no name.
   */
  agg<A extends readonly (AnyColumn | ColumnRecord)[]>(
    ...aggregates: CheckedAggregates<A, S>
  ): DataFrame<Aggregated<S, K, A>> {
    return this.#aggregate(aggregateExpressions(aggregates as readonly unknown[]));
  }

  /** How many rows each group has, as column `count`. */
  count(): DataFrame<Aggregated<S, K, readonly [{ readonly count: Column<{ readonly typed: Int64Type }> }]>> {
    return this.#aggregate([{ kind: "alias", name: "count", input: count().expression }]);
  }
  /** `sum(a)`, `sum(b)`, … of columns by name. */
  sum<N extends readonly NameHint<S>[]>(
    ...names: CheckedNames<"sum", N, S>
  ): DataFrame<Aggregated<S, K, Shortcut<"sum", N>>> {
    return this.#each("sum", names);
  }
  avg<N extends readonly NameHint<S>[]>(
    ...names: CheckedNames<"avg", N, S>
  ): DataFrame<Aggregated<S, K, Shortcut<"avg", N>>> {
    return this.#each("avg", names);
  }
  min<N extends readonly NameHint<S>[]>(
    ...names: CheckedNames<"min", N, S>
  ): DataFrame<Aggregated<S, K, Shortcut<"min", N>>> {
    return this.#each("min", names);
  }
  max<N extends readonly NameHint<S>[]>(
    ...names: CheckedNames<"max", N, S>
  ): DataFrame<Aggregated<S, K, Shortcut<"max", N>>> {
    return this.#each("max", names);
  }

  #each<T>(name: AggregateName, columns: readonly string[]): DataFrame<T> {
    const call = (column: string): Expression =>
      new AggregateColumn({
        kind: "aggregate",
        name,
        args: [columnPath(column)],
        where: null,
        functionId: null,
        type: null,
      }).expression;
    return this.#aggregate(columns.map(call));
  }

  #aggregate<T>(aggregates: readonly Expression[]): DataFrame<T> {
    return this.#frame.withPlan<T>({ kind: "aggregate", input: this.#frame.plan, keys: this.#keys, aggregates });
  }
}

type CheckedNames<F extends string, N extends readonly unknown[], S> = {
  readonly [I in keyof N]: AggregateNameChecked<F, N[I], S>;
};
export type CheckedAggregates<A extends readonly unknown[], S> = {
  readonly [I in keyof A]: A[I] extends AnyColumn
    ? AggregateChecked<A[I], S>
    : { readonly [N in keyof A[I]]: AggregateChecked<A[I][N], S> };
};
