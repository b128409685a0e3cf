import type { ResolvedExpression } from "../../expressions/resolved-expression.js";

/** Expressions that are evaluated together; a column that several need is one slot. */
export class ExpressionSlots {
  readonly expressions: ResolvedExpression[] = [];

  /** The ordinal under which the evaluated column will be found. */
  add(expression: ResolvedExpression): number {
    const known = this.expressions.findIndex((other) => isSame(other, expression));
    return known >= 0 ? known : this.expressions.push(expression) - 1;
  }
}

function isSame(a: ResolvedExpression, b: ResolvedExpression): boolean {
  return a === b || (a.kind === "column" && b.kind === "column" && a.index === b.index);
}
