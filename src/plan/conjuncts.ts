import type { ResolvedExpression } from "../expressions/resolved-expression.js";

/** The conditions that must all hold. */
export function conjunctsOf(condition: ResolvedExpression): readonly ResolvedExpression[] {
  return condition.kind === "call" && condition.name === "and" ? condition.args.flatMap(conjunctsOf) : [condition];
}
