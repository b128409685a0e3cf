import type { ColumnOrName, NameTerm } from "../column-argument.js";
import type { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import { toColumn } from "../to-column.js";

type One<F extends string, C> = Column<Op<F, readonly [NameTerm<C>]>>;

export function negate<C extends ColumnOrName>(number: C): One<"negate", C> {
  return toColumn(number).negate();
}
export function abs<C extends ColumnOrName>(number: C): One<"abs", C> {
  return toColumn(number).abs();
}
export function floor<C extends ColumnOrName>(number: C): One<"floor", C> {
  return toColumn(number).floor();
}
export function ceil<C extends ColumnOrName>(number: C): One<"ceil", C> {
  return toColumn(number).ceil();
}
/** To `places` decimal places, halves away from zero. */
export function round<C extends ColumnOrName>(number: C, places = 0): One<"round", C> {
  return toColumn(number).round(places);
}
