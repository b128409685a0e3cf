import { type ColumnOrName, type NameTerm, nameExpression } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import type { FunctionName } from "../function-name.js";
import { toColumn } from "../to-column.js";

type One<F extends string, C> = Column<Op<F, readonly [NameTerm<C>]>>;
type Many<F extends string, C extends readonly unknown[]> = Column<Op<F, { readonly [I in keyof C]: NameTerm<C[I]> }>>;

export function isNull<C extends ColumnOrName>(column: C): One<"isNull", C> {
  return toColumn(column).isNull();
}
export function isNotNull<C extends ColumnOrName>(column: C): One<"isNotNull", C> {
  return toColumn(column).isNotNull();
}
// biome-ignore lint/suspicious/noShadowRestrictedNames: the name SQL gives it; nothing here needs the global one
export function isNaN<C extends ColumnOrName>(column: C): One<"isNaN", C> {
  return toColumn(column).isNaN();
}

/** The first that is not NULL. Strings name columns; a constant is lit(value). */
export function coalesce<C extends readonly [ColumnOrName, ...ColumnOrName[]]>(...columns: C): Many<"coalesce", C> {
  return many("coalesce", columns);
}
/** The largest that is not NULL. */
export function greatest<C extends readonly [ColumnOrName, ...ColumnOrName[]]>(...columns: C): Many<"greatest", C> {
  return many("greatest", columns);
}
/** The smallest that is not NULL. */
export function least<C extends readonly [ColumnOrName, ...ColumnOrName[]]>(...columns: C): Many<"least", C> {
  return many("least", columns);
}

function many<T>(name: FunctionName, columns: readonly ColumnOrName[]): Column<T> {
  return new Column({ kind: "call", name, args: columns.map(nameExpression) });
}
