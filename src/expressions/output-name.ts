import type { Expression } from "./expression.js";
import { expressionText } from "./format-expression.js";

/**
 * The name a column gets when nobody gave it one, as Spark does: a column keeps its name through casts, a member is
 * called by its own name, a window is `window`, a session `session_window`, an exploded list `col`; every aggregate and
 * call prints itself (`sum(amount)`, `(a + 1)`), but count() is `count`. `NameOf` says the same to the compiler.
 */
export function outputName(expression: Expression): string {
  switch (expression.kind) {
    case "alias":
    case "column":
    case "field":
      return expression.name;
    case "cast":
      return nameUnderCasts(expression) ?? expressionText(expression);
    case "window":
      return "window";
    case "sessionWindow":
      return "session_window";
    case "explode":
      return "col";
    case "aggregate":
      return isPlainCount(expression) ? "count" : expressionText(expression);
    default:
      return expressionText(expression);
  }
}

function nameUnderCasts(expression: Expression): string | null {
  if (expression.kind === "cast") return nameUnderCasts(expression.input);
  return expression.kind === "column" || expression.kind === "field" ? expression.name : null;
}

function isPlainCount(expression: Extract<Expression, { kind: "aggregate" }>): boolean {
  return expression.name === "count" && expression.args.length === 0 && expression.where === null;
}
