import { unreachable } from "../common/unreachable.js";
import type { CalendarWindow } from "../expressions/expression.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { WindowShape } from "../plan/analysed-node.js";
import { type BoundExpression, END_OF_TIME, NO_BOUND, type Watermarks } from "../plan/bound-expression.js";
import { CalendarWindows } from "../types/calendar-windows.js";
import type { DataType } from "../types/data-type.js";
import { greatest, least } from "./bigint-extremes.js";
import { evaluateOnValue } from "./expressions/evaluate-on-value.js";

/**
 * The value of a bound for these watermarks, in its column's own unit. Monotone: watermarks that do not fall give bounds
 * that do not fall. Where nothing is known it is NO_BOUND, after the end of the source END_OF_TIME.
 */
export function evaluateBound(bound: BoundExpression, watermarks: Watermarks): bigint {
  switch (bound.kind) {
    case "watermark":
      return bound.watermarkId < watermarks.length ? watermarks[bound.watermarkId] : NO_BOUND;
    case "apply":
      return onKnown(evaluateBound(bound.input, watermarks), (value) => applyTo(bound.expression, value));
    case "windowEnd":
      return onKnown(evaluateBound(bound.input, watermarks), (value) => firstOpenEnd(bound.shape, value));
    case "windowStart":
      return onKnown(evaluateBound(bound.input, watermarks), (value) => firstOpenStart(bound.shape, value));
    case "min":
      return bound.inputs.map((input) => evaluateBound(input, watermarks)).reduce(least);
    case "max":
      return bound.inputs.map((input) => evaluateBound(input, watermarks)).reduce(greatest);
    default:
      return unreachable(bound);
  }
}

function onKnown(value: bigint, change: (value: bigint) => bigint): bigint {
  return value <= NO_BOUND || value >= END_OF_TIME ? value : change(value);
}

function applyTo(expression: ResolvedExpression, value: bigint): bigint {
  const type = inputTypeOf(expression);
  if (type === null) throw new Error("Broken invariant: a bound is a function of one column");
  const isNarrow = type.kind === "int32" || type.kind === "date";
  const result = evaluateOnValue(expression, type, isNarrow ? Number(value) : value);
  if (typeof result === "bigint") return result;
  // NULL promises nothing.
  return typeof result === "number" ? BigInt(result) : NO_BOUND;
}

/** Type of the one column that the expression reads. */
function inputTypeOf(expression: ResolvedExpression): DataType | null {
  switch (expression.kind) {
    case "column":
      return expression.type;
    case "literal":
      return null;
    case "call":
      return firstType(expression.args);
    case "cast":
    case "field":
      return inputTypeOf(expression.input);
    case "case":
      return firstType([
        ...expression.branches.flatMap(({ when, then }) => [when, then]),
        ...(expression.otherwise === null ? [] : [expression.otherwise]),
      ]);
    default:
      return unreachable(expression);
  }
}

function firstType(expressions: readonly ResolvedExpression[]): DataType | null {
  for (const expression of expressions) {
    const type = inputTypeOf(expression);
    if (type !== null) return type;
  }
  return null;
}

/** The smallest window end > value: windows that end at or before it get no more rows. */
function firstOpenEnd({ size, slide, offset, calendar }: WindowShape, value: bigint): bigint {
  if (calendar !== null) return BigInt(windowsOf(calendar).end(Number(value)));
  return (floorDivide(value - offset - size, slide) + 1n) * slide + offset + size;
}

function firstOpenStart(shape: WindowShape, value: bigint): bigint {
  if (shape.calendar !== null) return BigInt(windowsOf(shape.calendar).start(Number(value)));
  return firstOpenEnd(shape, value) - shape.size;
}

/** The greatest integer <= a / b, for b > 0. */
function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

const knownWindows = new WeakMap<CalendarWindow, CalendarWindows>();

function windowsOf(shape: CalendarWindow): CalendarWindows {
  const known = knownWindows.get(shape) ?? new CalendarWindows(shape);
  knownWindows.set(shape, known);
  return known;
}
