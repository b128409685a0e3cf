import { unreachable } from "../../common/unreachable.js";
import type { ResolvedCall, ResolvedCast, ResolvedExpression } from "../../expressions/resolved-expression.js";
import { ConstantEvaluator } from "../kernels/constant-evaluator.js";
import type { Batch, RowEvaluator } from "../kernels/kernel.js";
import { StrictEvaluator } from "../kernels/strict-evaluator.js";
import { CaseEvaluator } from "./case-evaluator.js";
import { FieldEvaluator } from "./field-evaluator.js";
import { isWorthFusing } from "./fusable.js";
import { FusedEvaluator } from "./fused-evaluator.js";
import { callPlanOf, isNullByConstant } from "./kernel-call-of.js";
import { LocatedEvaluator } from "./located-evaluator.js";

export interface EvaluationOptions {
  /** False where functions must not be made from text; see codegenAllowed. */
  readonly codegen: boolean;
}

/**
 * An expression as a tree of evaluators: the largest parts over values of fixed width become one generated loop each
 * (DESIGN 10), everything else is computed column at a time.
 */
export function compileNode(expression: ResolvedExpression, options: EvaluationOptions): RowEvaluator {
  if (options.codegen && isWorthFusing(expression)) {
    return new FusedEvaluator(expression, {
      input: (part) => compileNode(part, options),
      byColumns: () => compileNode(expression, { codegen: false }),
    });
  }
  const compile = (part: ResolvedExpression): RowEvaluator => compileNode(part, options);
  switch (expression.kind) {
    case "column": {
      const { index } = expression;
      return { evaluate: (batch: Batch) => batch.columns[index] };
    }
    case "literal":
      return new ConstantEvaluator(expression.type, expression.value);
    case "field":
      return new FieldEvaluator(compile(expression.input), expression.index, expression.type);
    case "case":
      return new CaseEvaluator({
        branches: expression.branches.map(({ when, then }) => ({ when: compile(when), then: compile(then) })),
        otherwise: expression.otherwise === null ? null : compile(expression.otherwise),
        type: expression.type,
      });
    case "call":
    case "cast":
      return new LocatedEvaluator(expression, compileCall(expression, compile));
    default:
      return unreachable(expression);
  }
}

function compileCall(
  expression: ResolvedCall | ResolvedCast,
  compile: (part: ResolvedExpression) => RowEvaluator,
): RowEvaluator {
  // Kernels are not compiled for a constant that they never meet.
  if (isNullByConstant(expression)) return new ConstantEvaluator(expression.type, null);
  const { kernel, call, args } = callPlanOf(expression);
  const evaluators = args.map(compile);
  const { columns } = kernel;
  if (columns.kind === "lazy") return columns.compile(call, evaluators);
  return new StrictEvaluator({
    args: evaluators,
    constants: call.constants,
    type: call.type,
    run: columns.compile(call),
  });
}
