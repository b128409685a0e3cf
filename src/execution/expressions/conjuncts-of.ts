import type { ResolvedExpression } from "../../expressions/resolved-expression.js";

/** The conditions that AND joins, from left to right. */
export function conjunctsOf(condition: ResolvedExpression): ResolvedExpression[] {
  if (condition.kind !== "call" || condition.name !== "and") return [condition];
  return condition.args.flatMap(conjunctsOf);
}
