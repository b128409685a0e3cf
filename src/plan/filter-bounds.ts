import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import { fixedMicros, parseInterval } from "../types/interval.js";
import type { BoundExpression, ColumnPath } from "./bound-expression.js";
import { boundOf, columnZero, pathOf, text } from "./bound-of.js";
import { conjunctsOf } from "./conjuncts.js";
import { sameBound } from "./same-bound.js";

type Bounds = ReadonlyMap<ColumnPath, BoundExpression>;

/** Inequality transfer: `x <= y + k` with a bound on x gives w(y) >= w(x) - k. */
export function filterBounds(condition: ResolvedExpression, bounds: Bounds): Bounds {
  if (bounds.size === 0) return bounds;
  const found = new Map(bounds);
  for (const { low, high } of conjunctsOf(condition).flatMap(inequalitiesOf)) {
    const bound = boundOf(low, bounds);
    const target = bound === null ? null : transfer(bound, high);
    if (target !== null) raise(found, target);
  }
  return found;
}

interface Inequality {
  readonly low: ResolvedExpression;
  readonly high: ResolvedExpression;
}

function inequalitiesOf(conjunct: ResolvedExpression): readonly Inequality[] {
  if (conjunct.kind !== "call") return [];
  const [left, right] = conjunct.args;
  switch (conjunct.name) {
    case "lt":
    case "le":
      return [{ low: left, high: right }];
    case "gt":
    case "ge":
      return [{ low: right, high: left }];
    case "eq":
      return [
        { low: left, high: right },
        { low: right, high: left },
      ];
    default:
      return [];
  }
}

interface Target {
  readonly path: ColumnPath;
  readonly bound: BoundExpression;
}

function transfer(bound: BoundExpression, high: ResolvedExpression): Target | null {
  const path = pathOf(high);
  if (path !== null) return { path, bound };
  if (high.kind !== "call" || high.name !== "addInterval") return null;
  const [time, interval] = high.args;
  const shifted = pathOf(time);
  if (shifted === null || interval.kind !== "literal" || typeof interval.value !== "string") return null;
  const parsed = parseInterval(interval.value);
  if (parsed.months !== 0) return null;
  const back = text(`${-fixedMicros(parsed, "interval")} microseconds`);
  const expression: ResolvedExpression = { ...high, args: [columnZero("bound", high.type), back], nullable: false };
  return { path: shifted, bound: { kind: "apply", expression, input: bound } };
}

function raise(found: Map<ColumnPath, BoundExpression>, { path, bound }: Target): void {
  const known = found.get(path);
  if (known === undefined) found.set(path, bound);
  else if (!sameBound(known, bound)) found.set(path, { kind: "max", inputs: [known, bound] });
}
