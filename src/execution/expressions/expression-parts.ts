import type { ResolvedExpression } from "../../expressions/resolved-expression.js";

/** The parts that a call, cast or when() computes from. */
export function partsOf(expression: ResolvedExpression): readonly ResolvedExpression[] {
  switch (expression.kind) {
    case "column":
    case "literal":
      return [];
    case "call":
      return expression.args;
    case "cast":
    case "field":
      return [expression.input];
    case "case": {
      const { branches, otherwise } = expression;
      return [...branches.flatMap(({ when, then }) => [when, then]), ...(otherwise === null ? [] : [otherwise])];
    }
  }
}
