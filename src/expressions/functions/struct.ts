import type { StructType } from "../../types/data-type.js";
import { type FieldRecord, type MembersOf, struct as structType } from "../../types/type-constructors.js";
import { type ColumnOrName, type NameTerm, nameExpression } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import type { Expression } from "../expression.js";
import { isColumn } from "../is-column.js";
import { literalOf } from "../literal-of.js";
import { outputName } from "../output-name.js";

/**
 * Columns packed into one, each under its name: `struct("user", col("amount").times(2).as("double"))`.
 * With a record of types, the type of such a column: `struct({ user: utf8(), amount: float64() })`.
 */
export function struct<C extends readonly [ColumnOrName, ...ColumnOrName[]]>(
  ...columns: C
): Column<Op<"struct", { readonly [I in keyof C]: NameTerm<C[I]> }>>;
export function struct<R extends FieldRecord>(fields: R): StructType<MembersOf<R>>;
export function struct(...args: readonly (ColumnOrName | FieldRecord)[]): Column<unknown> | StructType {
  const [first] = args;
  if (args.length === 1 && isFieldRecord(first)) return structType(first);
  const columns = args.filter((arg): arg is ColumnOrName => !isFieldRecord(arg));
  return new Column({ kind: "call", name: "struct", args: columns.map(nameExpression).flatMap(member) });
}

function isFieldRecord(argument: ColumnOrName | FieldRecord): argument is FieldRecord {
  return typeof argument === "object" && !isColumn(argument);
}

/** The arguments of a struct call alternate: a name, a value. */
function member(expression: Expression): Expression[] {
  const value = expression.kind === "alias" ? expression.input : expression;
  return [literalOf(outputName(expression)), value];
}
