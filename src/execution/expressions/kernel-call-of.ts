import type { ResolvedCall, ResolvedCast, ResolvedExpression } from "../../expressions/resolved-expression.js";
import { castKernel } from "../kernels/cast.js";
import type { Constant, Kernel, KernelCall } from "../kernels/kernel.js";
import { KERNELS } from "../kernels/kernel-table.js";

/** A call or cast as its kernel sees it. */
export interface CallPlan {
  readonly kernel: Kernel;
  readonly call: KernelCall;
  readonly args: readonly ResolvedExpression[];
}

export function callPlanOf(expression: ResolvedCall | ResolvedCast): CallPlan {
  const args = expression.kind === "cast" ? [expression.input] : expression.args;
  const kernel =
    expression.kind === "cast"
      ? castKernel({ from: expression.input.type, to: expression.type, safe: expression.safe })
      : KERNELS[expression.name];
  const call = { types: args.map(({ type }) => type), constants: args.map(constantOf), type: expression.type };
  return { kernel, call, args };
}

/** A NULL constant decides a strict call; nothing else of it is evaluated, or can fail (StrictEvaluator does the same). */
export function isNullByConstant(expression: ResolvedCall | ResolvedCast): boolean {
  const { kernel, call } = callPlanOf(expression);
  return kernel.columns.kind === "strict" && call.constants.some((constant) => constant?.value === null);
}

function constantOf(expression: ResolvedExpression): Constant | null {
  return expression.kind === "literal" ? { value: expression.value } : null;
}
