import { type AnyColumn, type ColumnOrName, type NameTerm, nameExpression } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import { toColumn } from "../to-column.js";

type One<F extends string, C> = Column<Op<F, readonly [NameTerm<C>]>>;

export function upper<C extends ColumnOrName>(text: C): One<"upper", C> {
  return toColumn(text).upper();
}
export function lower<C extends ColumnOrName>(text: C): One<"lower", C> {
  return toColumn(text).lower();
}
/** In code points. */
export function length<C extends ColumnOrName>(text: C): One<"length", C> {
  return toColumn(text).length();
}
export function trim<C extends ColumnOrName>(text: C): One<"trim", C> {
  return toColumn(text).trim();
}
/** From code point `position` (from 1; negative from the end), `length` of them or to the end. */
export function substring<C extends ColumnOrName>(
  text: C,
  position: AnyColumn | number,
  length?: AnyColumn | number,
): One<"substring", C> {
  return toColumn(text).substring(position, length);
}
/** All texts joined. Strings name columns; a constant is lit(text). */
export function concat<C extends readonly [ColumnOrName, ...ColumnOrName[]]>(
  ...texts: C
): Column<Op<"concat", { readonly [I in keyof C]: NameTerm<C[I]> }>> {
  return new Column({ kind: "call", name: "concat", args: texts.map(nameExpression) });
}
/** Cut at a regular expression (RE2 syntax), into at most `limit` pieces. */
export function split<C extends ColumnOrName>(text: C, pattern: string, limit?: number): One<"split", C> {
  return toColumn(text).split(pattern, limit);
}
