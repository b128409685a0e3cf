import type { Column } from "../../columnar/column.js";
import { constantColumn } from "../../columnar/constant-column.js";
import { valueAt } from "../../columnar/value-at.js";
import { ExpressionError } from "../../common/millrace-error.js";
import type { LiteralValue } from "../../expressions/expression.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import type { DataType } from "../../types/data-type.js";
import type { RowEvaluator } from "../kernels/kernel.js";
import { oneRow } from "../kernels/rows.js";
import { compileNode } from "./compile-node.js";
import { partsOf } from "./expression-parts.js";

const evaluators = new WeakMap<ResolvedExpression, { readonly evaluator: RowEvaluator; readonly columns: number }>();

/** What evaluateOnValue gives: a number for int32, dates and float64, a bigint for int64 and timestamps. */
export type OneValue = LiteralValue;

/**
 * A pure expression of one column, for one value of it: what a bound becomes on its way through expressions. NULL where
 * the expression fails for that value, since a bound need not be the value of any row.
 */
export function evaluateOnValue(expression: ResolvedExpression, type: DataType, value: LiteralValue): OneValue {
  const { evaluator, columns } = evaluatorOf(expression);
  const input = constantColumn(type, value, 1);
  const batch = { columns: Array<Column>(columns).fill(input), length: 1, context: { batchId: 0, batchTime: 0n } };
  try {
    return valueAt(evaluator.evaluate(batch, oneRow(0)), 0) as OneValue;
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}

function evaluatorOf(expression: ResolvedExpression) {
  let known = evaluators.get(expression);
  if (known === undefined) {
    known = { evaluator: compileNode(expression, { codegen: false }), columns: columnsOf(expression) };
    evaluators.set(expression, known);
  }
  return known;
}

/** One more than the greatest column index. */
function columnsOf(expression: ResolvedExpression): number {
  if (expression.kind === "column") return expression.index + 1;
  return Math.max(0, ...partsOf(expression).map(columnsOf));
}
