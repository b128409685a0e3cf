import { type ColumnOrName, type NameTerm, nameExpression } from "../column-argument.js";
import { AggregateColumn } from "../column-expression.js";
import type { Agg } from "../column-term.js";
import type { AggregateName } from "../expression.js";

type Of<F extends string, C> = AggregateColumn<Agg<F, readonly [NameTerm<C>]>>;

/** How many rows there are, or how many values of a column that are not NULL. "*" counts rows. */
export function count(column?: "*"): AggregateColumn<Agg<"count", readonly []>>;
export function count<C extends ColumnOrName>(column: C): Of<"count", C>;
export function count(column: ColumnOrName = "*"): AggregateColumn<unknown> {
  return aggregate("count", column === "*" ? [] : [column]);
}
export function sum<C extends ColumnOrName>(column: C): Of<"sum", C> {
  return aggregate("sum", [column]);
}
export function avg<C extends ColumnOrName>(column: C): Of<"avg", C> {
  return aggregate("avg", [column]);
}
export function min<C extends ColumnOrName>(column: C): Of<"min", C> {
  return aggregate("min", [column]);
}
export function max<C extends ColumnOrName>(column: C): Of<"max", C> {
  return aggregate("max", [column]);
}
/** The first value by arrival, where rows have an arrival order; NULLs are passed over. */
export function first<C extends ColumnOrName>(column: C): Of<"first", C> {
  return aggregate("first", [column]);
}
/** The last value, likewise. */
export function last<C extends ColumnOrName>(column: C): Of<"last", C> {
  return aggregate("last", [column]);
}
/** How many different values (of several columns: different combinations without NULL) there are. */
export function countDistinct<C extends readonly [ColumnOrName, ...ColumnOrName[]]>(
  ...columns: C
): AggregateColumn<Agg<"countDistinct", { readonly [I in keyof C]: NameTerm<C[I]> }>> {
  return aggregate("countDistinct", columns);
}

function aggregate<T>(name: AggregateName, columns: readonly ColumnOrName[]): AggregateColumn<T> {
  return new AggregateColumn({
    kind: "aggregate",
    name,
    args: columns.map(nameExpression),
    where: null,
    functionId: null,
    type: null,
  });
}
