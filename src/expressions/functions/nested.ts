import type { AnyColumn, ColumnOrName, NameTerm } from "../column-argument.js";
import type { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import { toColumn } from "../to-column.js";

type One<F extends string, C> = Column<Op<F, readonly [NameTerm<C>]>>;

export function size<C extends ColumnOrName>(list: C): One<"size", C> {
  return toColumn(list).size();
}
/** Position from 1, negative from the end; outside the list is an error. */
export function elementAt<C extends ColumnOrName>(list: C, position: AnyColumn | number): One<"elementAt", C> {
  return toColumn(list).elementAt(position);
}
/** One row per element, in a projection; none for a NULL or empty list. */
export function explode<C extends ColumnOrName>(list: C): One<"explode", C> {
  return toColumn(list).explode();
}
/** One row per element, and one NULL row for a NULL or empty list. */
export function explodeOuter<C extends ColumnOrName>(list: C): One<"explodeOuter", C> {
  return toColumn(list).explodeOuter();
}
