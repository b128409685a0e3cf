import type { Expression } from "../expressions/expression.js";
import { toJsonValue } from "./json-value.js";

/** Equal for expressions that are the same as written, their own name aside. */
export function expressionKey(expression: Expression): string {
  return JSON.stringify(toJsonValue(withoutAlias(expression)));
}

export function withoutAlias(expression: Expression): Expression {
  return expression.kind === "alias" ? withoutAlias(expression.input) : expression;
}
