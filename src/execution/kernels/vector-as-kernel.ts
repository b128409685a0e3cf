import type { FunctionName } from "../../expressions/function-name.js";
import type { ResolvedCall, ResolvedExpression } from "../../expressions/resolved-expression.js";
import { type Kernel, type KernelCall, lazyKernel } from "./kernel.js";
import { RowFailure } from "./row-failure.js";
import type { Fail, VectorKernel } from "./vector-kernel.js";

/** A vector kernel in the table of all kernels: it sees NULLs and dictionaries, and is never fused. */
export function vectorAsKernel(name: FunctionName, kernel: VectorKernel): Kernel {
  return lazyKernel((call, args) => {
    const expression = callOf(name, call);
    return {
      evaluate: (batch, rows) =>
        kernel({
          expression,
          args: args.map((arg) => arg.evaluate(batch, rows)),
          length: batch.length,
          rows,
          context: batch.context,
          fail,
        }),
    };
  });
}

const fail: Fail = (code, what, row) => {
  throw new RowFailure(row, code, { what });
};

/** The call as the vector kernel reads it: types, and which arguments are constants; what varies is a column. */
function callOf(name: FunctionName, { types, constants, type }: KernelCall): ResolvedCall {
  const args = types.map((argType, index): ResolvedExpression => {
    const constant = constants[index];
    if (constant === null) return { kind: "column", index, name: `argument ${index}`, type: argType, nullable: true };
    return { kind: "literal", type: argType, value: constant.value, nullable: constant.value === null };
  });
  return { kind: "call", name, args, type, nullable: true };
}
