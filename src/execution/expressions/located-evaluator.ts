import type { Column } from "../../columnar/column.js";
import { ExpressionError } from "../../common/millrace-error.js";
import { expressionText } from "../../expressions/format-expression.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import type { Batch, RowEvaluator } from "../kernels/kernel.js";
import { RowFailure } from "../kernels/row-failure.js";
import type { Rows } from "../kernels/rows.js";

/** Turns a kernel's failure into an error that names the expression and the row. Arguments name their own failures. */
export class LocatedEvaluator implements RowEvaluator {
  readonly #expression: ResolvedExpression;
  readonly #inner: RowEvaluator;

  constructor(expression: ResolvedExpression, inner: RowEvaluator) {
    this.#expression = expression;
    this.#inner = inner;
  }

  evaluate(batch: Batch, rows: Rows): Column {
    try {
      return this.#inner.evaluate(batch, rows);
    } catch (error) {
      throw error instanceof RowFailure ? located(error, this.#expression) : error;
    }
  }
}

function located(failure: RowFailure, expression: ResolvedExpression): ExpressionError {
  return new ExpressionError(failure.code, `In row ${failure.row}, ${failure.what}.`, {
    place: expressionText(expression),
    hint: failure.hint,
  });
}
