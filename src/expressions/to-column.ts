import { type ColumnOrName, type NameTerm, nameExpression } from "./column-argument.js";
import { Column } from "./column-expression.js";

/** What exported functions make of their arguments: a string names a column. */
export function toColumn<C extends ColumnOrName>(column: C): Column<NameTerm<C>> {
  return new Column(nameExpression(column));
}
