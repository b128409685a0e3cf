import type { AggregateColumn } from "./column-expression.js";
import { ColumnFunctions } from "./column-functions.js";
import type { Agg } from "./column-term.js";
import type { AggregateCall, AggregateName } from "./expression.js";

type Of<F extends string, E> = AggregateColumn<Agg<F, readonly [E]>>;

/** The aggregates of a Column; NULLs are left out. */
export abstract class ColumnAggregates<E> extends ColumnFunctions<E> {
  protected abstract deriveAggregate<T>(call: AggregateCall): AggregateColumn<T>;

  #aggregate<T>(name: AggregateName): AggregateColumn<T> {
    return this.deriveAggregate({
      kind: "aggregate",
      name,
      args: [this.expression],
      where: null,
      functionId: null,
      type: null,
    });
  }

  /** How many values there are. */
  count(): Of<"count", E> {
    return this.#aggregate("count");
  }
  sum(): Of<"sum", E> {
    return this.#aggregate("sum");
  }
  avg(): Of<"avg", E> {
    return this.#aggregate("avg");
  }
  min(): Of<"min", E> {
    return this.#aggregate("min");
  }
  max(): Of<"max", E> {
    return this.#aggregate("max");
  }
  /** The first by arrival, where rows have an arrival order. */
  first(): Of<"first", E> {
    return this.#aggregate("first");
  }
  last(): Of<"last", E> {
    return this.#aggregate("last");
  }
  countDistinct(): Of<"countDistinct", E> {
    return this.#aggregate("countDistinct");
  }
}
