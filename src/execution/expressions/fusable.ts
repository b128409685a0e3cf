import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import { laneOf } from "../kernels/lane.js";
import { partsOf } from "./expression-parts.js";
import { callPlanOf, isNullByConstant } from "./kernel-call-of.js";

/** Expressions that become a generated loop: of fixed width, with something to compute that has code. */
export function isWorthFusing(expression: ResolvedExpression): boolean {
  return expression.kind !== "column" && expression.kind !== "literal" && isFused(expression);
}

/**
 * Whether a part of an expression is code within the loop, rather than a column that the loop reads. What stands in a
 * conditional place must be code all the way down: columns are computed for all rows, and may fail or be dear.
 */
export function isFused(expression: ResolvedExpression): boolean {
  const known = decisions.get(expression);
  if (known !== undefined) return known;
  const decision = decide(expression);
  decisions.set(expression, decision);
  return decision;
}

const decisions = new WeakMap<ResolvedExpression, boolean>();

function decide(expression: ResolvedExpression): boolean {
  if (laneOf(expression.type) === null) return false;
  switch (expression.kind) {
    case "column":
    case "literal":
      return true;
    case "field":
      return false;
    case "case": {
      const [first, ...others] = partsOf(expression);
      return canBeInput(first) && others.every(isCheap);
    }
    case "call":
    case "cast": {
      if (isNullByConstant(expression)) return true;
      const { kernel, call, args } = callPlanOf(expression);
      if ((kernel.fuse?.(call) ?? null) === null) return false;
      const [first, ...others] = args.filter((_, i) => call.constants[i] === null || laneOf(call.types[i]) !== null);
      if (first === undefined) return true;
      return canBeInput(first) && others.every(isConditional(expression) ? isCheap : canBeInput);
    }
  }
}

/** Fused itself, or a column of fixed width that is computed before the loop. */
function canBeInput({ type }: ResolvedExpression): boolean {
  return laneOf(type) !== null;
}

function isConditional(expression: ResolvedExpression): boolean {
  return expression.kind === "call" && CONDITIONAL.has(expression.name);
}

/** Calls that evaluate all arguments but the first for some rows only. */
const CONDITIONAL: ReadonlySet<string> = new Set(["and", "or", "coalesce", "isin"]);

/** Reads nothing but columns that are there, and members of structs that are there. */
export function isCheap(expression: ResolvedExpression): boolean {
  switch (expression.kind) {
    case "column":
    case "literal":
      return true;
    case "field":
      return isCheap(expression.input);
    case "case":
    case "call":
    case "cast":
      return isFused(expression) && partsOf(expression).every((part) => laneOf(part.type) === null || isCheap(part));
  }
}
