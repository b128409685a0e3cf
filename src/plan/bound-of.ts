import { functionDefinition } from "../expressions/function-registry.js";
import type { ResolvedCall, ResolvedColumn, ResolvedExpression } from "../expressions/resolved-expression.js";
import type { DataType, TimestampType } from "../types/data-type.js";
import { sameType } from "../types/same-type.js";
import type { BoundExpression, ColumnPath } from "./bound-expression.js";
import { argumentOf } from "./resolve-expression.js";

type Bounds = ReadonlyMap<ColumnPath, BoundExpression>;

export const UTC_TIMESTAMP: TimestampType = { kind: "timestamp", zone: "UTC" };

/** From a window's end to its last instant. */
export const LAST_INSTANT = "-1 microsecond";

/** A bound of some column, and what is monotone in that column: an expression of column 0 alone. */
interface Chain {
  readonly bound: BoundExpression;
  readonly over: ResolvedExpression;
}

/** The bound of an expression that is a bounded column, or monotone in one. Bounds live on timestamps, dates and integers. */
export function boundOf(expression: ResolvedExpression, bounds: Bounds): BoundExpression | null {
  if (bounds.size === 0 || !canBeBounded(expression.type)) return null;
  const chain = chainOf(expression, bounds);
  if (chain === null) return null;
  return chain.over.kind === "column" ? chain.bound : { kind: "apply", expression: chain.over, input: chain.bound };
}

function canBeBounded({ kind }: DataType): boolean {
  return kind === "timestamp" || kind === "date" || kind === "int32" || kind === "int64";
}

function chainOf(expression: ResolvedExpression, bounds: Bounds): Chain | null {
  const path = pathOf(expression);
  if (path !== null) {
    const bound = bounds.get(path);
    return bound === undefined ? null : { bound, over: columnZero(nameOf(expression), expression.type) };
  }
  if (expression.kind === "cast" && isMonotoneCast(expression.input.type, expression.type)) {
    return step(chainOf(expression.input, bounds), (input) => ({ ...expression, input }));
  }
  return expression.kind === "call" ? callChain(expression, bounds) : null;
}

function callChain(call: ResolvedCall, bounds: Bounds): Chain | null {
  if (call.name === "windowTime") return windowTimeChain(call, bounds);
  const argument = functionDefinition(call.name).monotoneIn?.(call.args.map(argumentOf)) ?? null;
  if (argument === null) return null;
  return step(chainOf(call.args[argument], bounds), (input) => ({
    ...call,
    args: call.args.map((arg, i) => (i === argument ? input : arg)),
  }));
}

function step(chain: Chain | null, outer: (inner: ResolvedExpression) => ResolvedExpression): Chain | null {
  return chain === null ? null : { bound: chain.bound, over: outer(chain.over) };
}

/** windowTime is the last microsecond of a window, so its bound is that of the window's end, less one. */
function windowTimeChain({ args: [window], type }: ResolvedCall, bounds: Bounds): Chain | null {
  const path = pathOf(window);
  const bound = path === null || path.includes(".") ? undefined : bounds.get(`${Number(path)}.1`);
  if (bound === undefined) return null;
  return {
    bound,
    over: {
      kind: "call",
      name: "addInterval",
      args: [columnZero("end", type), text(LAST_INSTANT)],
      type,
      nullable: false,
    },
  };
}

export function text(value: string): ResolvedExpression {
  return { kind: "literal", type: { kind: "utf8" }, value, nullable: false };
}

/** The input of an `apply` bound. */
export function columnZero(name: string, type: DataType): ResolvedColumn {
  return { kind: "column", index: 0, name, type, nullable: false };
}

/** A column, or a member of a struct column. */
export function pathOf(expression: ResolvedExpression): ColumnPath | null {
  if (expression.kind === "column") return `${expression.index}`;
  if (expression.kind === "field" && expression.input.kind === "column")
    return `${expression.input.index}.${expression.index}`;
  return null;
}

function nameOf(expression: ResolvedExpression): string {
  return expression.kind === "column" || expression.kind === "field" ? expression.name : "column";
}

/** Wall-clock dates of a zone with summer time can go back, so dates follow timestamps in UTC only. */
function isMonotoneCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to)) return true;
  if (from.kind === "int32") return to.kind === "int64";
  if (from.kind === "timestamp" && to.kind === "timestamp") return (from.zone === null) === (to.zone === null);
  if (from.kind === "timestamp") return to.kind === "int64" || (to.kind === "date" && isFixed(from));
  return from.kind === "date" && to.kind === "timestamp" && isFixed(to);
}

function isFixed({ zone }: TimestampType): boolean {
  return zone === null || zone === "UTC";
}
