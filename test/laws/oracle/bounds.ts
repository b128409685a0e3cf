import type { Expression, TimeWindowCall } from "../../../src/expressions/expression.js";
import type { Field } from "../../../src/types/data-type.js";
import { compile, floorDivide, intervalMicros, truncate } from "./expressions.js";
import type { StructValue, Value } from "./values.js";

/** Watermarks by declaration, in plan order; null before the first event time. */
export type Watermarks = readonly (bigint | null)[];
/** The watermark of a source that has ended for ever. */
export const FOREVER = 2n ** 63n;

/** What is promised of a column: later rows are at or above it. null = nothing is. */
export type Bound = (watermarks: Watermarks) => bigint | null;
/** By column, or by "column.member". */
export type Bounds = ReadonlyMap<string, Bound>;

const MICROS_PER_DAY = 86_400_000_000n;

function through(bound: Bound | null | undefined, change: (value: bigint) => bigint): Bound | null {
  if (bound === null || bound === undefined) return null;
  return (watermarks) => {
    const value = bound(watermarks);
    return value === null || value === FOREVER ? value : change(value);
  };
}

/** The bound of an expression that rises with a bounded column. */
export function boundOf(expression: Expression, bounds: Bounds, fields: readonly Field[]): Bound | null {
  const inner = (input: Expression): Bound | null => boundOf(input, bounds, fields);
  switch (expression.kind) {
    case "alias":
      return inner(expression.input);
    case "column":
      return bounds.get(expression.name) ?? null;
    case "field":
      return memberBounds(expression.input, bounds, fields).get(expression.name) ?? null;
    case "cast":
      return castBound(expression, bounds, fields);
    case "call": {
      const [first, second] = expression.args;
      if (expression.name === "windowTime")
        return through(memberBounds(first, bounds, fields).get("end"), (end) => end - 1n);
      if (expression.name === "dateTrunc") return through(inner(second), (time) => truncate(textOf(first), time));
      if (expression.name === "addInterval")
        return through(inner(first), (time) => time + intervalMicros(textOf(second)));
      return null;
    }
    default:
      return null;
  }
}

/** A date counts as its midnight: the first day that begins at or after a bound. */
export function midnightFrom(bound: Bound): Bound {
  return through(bound, (time) => -floorDivide(-time, MICROS_PER_DAY)) ?? bound;
}

function castBound(
  { input, type }: Extract<Expression, { kind: "cast" }>,
  bounds: Bounds,
  fields: readonly Field[],
): Bound | null {
  const from = compile(input, { fields }).type.kind;
  const bound = boundOf(input, bounds, fields);
  if (type.kind === "date" && from === "timestamp") return through(bound, (time) => floorDivide(time, MICROS_PER_DAY));
  if (type.kind === "timestamp" && from === "date") return through(bound, (day) => day * MICROS_PER_DAY);
  return type.kind === from ? bound : null;
}

function textOf(expression: Expression): string {
  return expression.kind === "literal" ? String(expression.value) : "";
}

/** The bounds of the members of a struct. */
export function memberBounds(expression: Expression, bounds: Bounds, fields: readonly Field[]): Bounds {
  if (expression.kind === "alias") return memberBounds(expression.input, bounds, fields);
  const found = new Map<string, Bound>();
  if (expression.kind === "column") {
    for (const [path, bound] of bounds)
      if (path.startsWith(`${expression.name}.`)) found.set(path.slice(expression.name.length + 1), bound);
  }
  if (expression.kind === "window") {
    const time = timeBound(expression.time, bounds, fields);
    const end = through(time, (micros) => firstOpenEnd(expression, micros));
    const start = through(end, (micros) => micros - expression.size);
    if (end !== null && start !== null) found.set("start", start).set("end", end);
  }
  if (expression.kind === "call" && expression.name === "struct") {
    for (let i = 0; i < expression.args.length; i += 2) {
      const bound = boundOf(expression.args[i + 1], bounds, fields);
      if (bound !== null) found.set(textOf(expression.args[i]), bound);
    }
  }
  return found;
}

/** The event time of a window is its last instant, that of a date its midnight. */
export function timeBound(time: Expression, bounds: Bounds, fields: readonly Field[]): Bound | null {
  const { kind } = compile(time, { fields }).type;
  if (kind === "struct") return through(memberBounds(time, bounds, fields).get("end"), (end) => end - 1n);
  const bound = boundOf(time, bounds, fields);
  return kind === "date" ? through(bound, (day) => day * MICROS_PER_DAY) : bound;
}

export function instantOf(value: Value): bigint | null {
  if (value === null) return null;
  if (typeof value === "number") return BigInt(value) * MICROS_PER_DAY;
  return typeof value === "bigint" ? value : ((value as StructValue).end as bigint) - 1n;
}

/** The windows that hold an instant, earliest first. */
export function windowsOf({ size, slide, offset }: TimeWindowCall, time: bigint): StructValue[] {
  const windows: StructValue[] = [];
  for (let start = floorDivide(time - offset, slide) * slide + offset; start + size > time; start -= slide) {
    windows.unshift({ start, end: start + size });
  }
  return windows;
}

/** The least end of a window that is greater than `time`. */
function firstOpenEnd({ size, slide, offset }: TimeWindowCall, time: bigint): bigint {
  return (floorDivide(time - offset - size, slide) + 1n) * slide + offset + size;
}
