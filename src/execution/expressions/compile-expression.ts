import type { Chunk } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";
import type { Column } from "../../columnar/column.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import type { Batch } from "../kernels/kernel.js";
import type { Rows } from "../kernels/rows.js";
import type { TriggerContext } from "../operator.js";
import { compileNode, type EvaluationOptions } from "./compile-node.js";
import { conjunctsOf } from "./conjuncts-of.js";
import { selectSteps } from "./select-step.js";

export type { EvaluationOptions } from "./compile-node.js";

/**
 * Computes columns over a chunk. Result columns have chunk.length rows; only rows that the chunk selects are computed, and
 * only they can fail. A bare column reference gives the chunk's own column.
 */
export interface ExpressionEvaluator {
  /** @throws ExpressionError naming the expression and the physical row of the chunk */
  evaluate(chunk: Chunk, context: TriggerContext): Column[];
}

export interface PredicateEvaluator {
  /** The selected rows for which the condition is TRUE: null when there are none, "all" when every one of them passed. */
  select(chunk: Chunk, context: TriggerContext): Int32Array | null | "all";
}

export function compileExpressions(
  expressions: readonly ResolvedExpression[],
  options: EvaluationOptions,
): ExpressionEvaluator {
  const evaluators = expressions.map((expression) => compileNode(expression, options));
  return {
    evaluate(chunk, context) {
      const batch = batchOf(chunk, context);
      const rows = rowsOf(chunk);
      return evaluators.map((evaluator) => evaluator.evaluate(batch, rows));
    },
  };
}

/** Conditions joined by AND are tested one after the other, each only for the rows that passed those before it. */
export function compilePredicate(condition: ResolvedExpression, options: EvaluationOptions): PredicateEvaluator {
  const steps = selectSteps(conjunctsOf(condition), options);
  return {
    select(chunk, context) {
      const batch = batchOf(chunk, context);
      const rows = rowsOf(chunk);
      let passed = rows;
      for (const step of steps) {
        if (passed.count === 0) return null;
        passed = step.select(batch, passed);
      }
      if (passed.count === rows.count) return "all";
      return passed.count === 0 || passed.sel === null ? null : passed.sel.subarray(0, passed.count);
    },
  };
}

function batchOf({ columns, length }: Chunk, context: TriggerContext): Batch {
  return { columns, length, context };
}

function rowsOf(chunk: Chunk): Rows {
  return { sel: chunk.sel, count: selectedCount(chunk) };
}
