import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import type { DataType } from "../../types/data-type.js";
import { valueOf } from "./interim-value.js";

export function evaluateOnValue(expression: ResolvedExpression, _type: DataType, value: unknown): unknown {
  return valueOf(expression, () => value, 0n);
}
