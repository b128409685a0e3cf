import type { Column } from "./column-expression.js";
import { columnPath } from "./column-path.js";
import type { Lit, Ref } from "./column-term.js";
import type { Expression } from "./expression.js";
import { isColumn } from "./is-column.js";
import { type LiteralInput, literalOf } from "./literal-of.js";

/** A column of whatever term. */
export type AnyColumn = Column<unknown>;

/** What methods take: a column, or a constant. */
export type Operand = AnyColumn | LiteralInput;

/** What exported functions take: a column, or the name of one. */
export type ColumnOrName = AnyColumn | string;

/** The term of an operand. */
export type ValueTerm<X> = X extends Column<infer E> ? E : Lit<X>;

/** The term of a column or name. */
export type NameTerm<X> = X extends Column<infer E> ? E : X extends string ? Ref<X> : never;

export function valueExpression(operand: Operand): Expression {
  return isColumn(operand) ? operand.expression : literalOf(operand);
}

export function nameExpression(column: ColumnOrName): Expression {
  return typeof column === "string" ? columnPath(column) : column.expression;
}
