import type { AnyColumn, ColumnOrName, NameTerm } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import type { Expression } from "../expression.js";
import { toColumn } from "../to-column.js";

type All<F extends string, C extends readonly AnyColumn[]> = Column<Op<F, { readonly [I in keyof C]: NameTerm<C[I]> }>>;

/** True where every condition is. */
export function and<C extends readonly [AnyColumn, ...AnyColumn[]]>(...conditions: C): All<"and", C> {
  return new Column(fold("and", conditions));
}

/** True where any condition is. */
export function or<C extends readonly [AnyColumn, ...AnyColumn[]]>(...conditions: C): All<"or", C> {
  return new Column(fold("or", conditions));
}

export function not<C extends ColumnOrName>(condition: C): Column<Op<"not", readonly [NameTerm<C>]>> {
  return toColumn(condition).not();
}

function fold(name: "and" | "or", conditions: readonly AnyColumn[]): Expression {
  return conditions
    .map(({ expression }) => expression)
    .reduce((left, right) => ({ kind: "call", name, args: [left, right] }));
}
