import type { LiteralValue } from "../../expressions/expression.js";
import type { ResolvedCall } from "../../expressions/resolved-expression.js";
import { assert } from "../../common/assert.js";

/** The value of an argument that is written as a constant; undefined when it is missing or not a constant. */
export function constantArgument(call: ResolvedCall, index: number): LiteralValue | undefined {
  const argument = call.args[index];
  return argument?.kind === "literal" ? argument.value : undefined;
}

/** The text of an argument that analysis lets be nothing but constant text (or NULL, which kernels rule out first). */
export function constantText(call: ResolvedCall, index: number): string {
  const value = constantArgument(call, index);
  assert(typeof value === "string", `argument ${index} of ${call.name} is a text constant`);
  return value;
}
