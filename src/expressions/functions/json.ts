import type { ColumnOrName, NameTerm } from "../column-argument.js";
import type { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import { toColumn } from "../to-column.js";
import type { TypeArgument, TypeOfArgument } from "../type-argument.js";

/** Text, or its bytes, parsed as `type` (a type or DDL such as "user string, amount double"); NULL where it is no such value. */
export function fromJson<C extends ColumnOrName, const T extends TypeArgument>(
  text: C,
  type: T,
): Column<Op<"fromJson", readonly [NameTerm<C>], TypeOfArgument<T>>> {
  return toColumn(text).fromJson(type);
}
/** A struct or list as JSON text. */
export function toJson<C extends ColumnOrName>(value: C): Column<Op<"toJson", readonly [NameTerm<C>]>> {
  return toColumn(value).toJson();
}
