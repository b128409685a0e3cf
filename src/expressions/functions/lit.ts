import type { AnyColumn, ValueTerm } from "../column-argument.js";
import { valueExpression } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { LiteralInput } from "../literal-of.js";

/** A constant: int32 where the number fits, int64 for other whole numbers and bigints, float64, text, instants, bytes, NULL. */
export function lit<V extends LiteralInput | AnyColumn>(value: V): Column<ValueTerm<V>> {
  return new Column(valueExpression(value));
}
