import type { ColumnOrName, NameTerm } from "../column-argument.js";
import type { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import type { FullList } from "../function-types.js";
import { toColumn } from "../to-column.js";
import type { TypeArgument, TypeOfArgument } from "../type-argument.js";

/**
 * The rows of an Arrow IPC stream, as a list of structs of `type` (members by name, those that the stream lacks are NULL);
 * NULL where the bytes are no stream of such rows. `explode` makes rows of them.
 */
export function fromArrowIpc<C extends ColumnOrName, const T extends TypeArgument>(
  bytes: C,
  type: T,
): Column<Op<"fromArrowIpc", readonly [NameTerm<C>], FullList<TypeOfArgument<T>>>> {
  return toColumn(bytes).fromArrowIpc(type);
}
/** A struct as an Arrow IPC stream of one row, a list of structs as one of as many. */
export function toArrowIpc<C extends ColumnOrName>(value: C): Column<Op<"toArrowIpc", readonly [NameTerm<C>]>> {
  return toColumn(value).toArrowIpc();
}
