import type { AggregateCall, AggregateName, Expression } from "../../../src/expressions/expression.js";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import type { DataType } from "../../../src/types/data-type.js";
import { SPAN, SQUARES } from "./user-functions.js";

/** Plan expressions, written short. */
export const column = (name: string): Expression => ({ kind: "column", name });
export const member = (name: string, of: string): Expression => ({ kind: "field", input: column(of), name });
export const named = (name: string, input: Expression): Expression => ({ kind: "alias", name, input });
export const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });
export const cast = (input: Expression, type: DataType): Expression => ({ kind: "cast", input, type, safe: false });
export const text = (value: string): Expression => ({ kind: "literal", type: { kind: "utf8" }, value });
export const int = (value: number): Expression => ({ kind: "literal", type: { kind: "int32" }, value });
export const long = (value: bigint): Expression => ({ kind: "literal", type: { kind: "int64" }, value });
export const float = (value: number): Expression => ({ kind: "literal", type: { kind: "float64" }, value });

export interface WindowSpec {
  readonly size: number;
  readonly slide?: number;
  readonly offset?: number;
}

const SECOND = 1_000_000n;

/** Lengths in seconds. */
export function window(time: Expression, { size, slide = size, offset = 0 }: WindowSpec): Expression {
  return {
    kind: "window",
    time,
    size: BigInt(size) * SECOND,
    slide: BigInt(slide) * SECOND,
    offset: BigInt(offset) * SECOND,
    calendar: null,
  };
}

export function session(time: Expression, gap: Expression): Expression {
  return { kind: "sessionWindow", time, gap };
}

export function seconds(count: number): Expression {
  return long(BigInt(count) * SECOND);
}

export function aggregate(
  name: AggregateName,
  args: readonly Expression[],
  where: Expression | null = null,
): AggregateCall {
  return { kind: "aggregate", name, args, where, functionId: null, type: null };
}

/** The user aggregate has to be registered before a plan that names it is analysed: this is how plans come by one. */
export function userAggregate(
  id: typeof SPAN | typeof SQUARES,
  arg: Expression,
  where: Expression | null,
): AggregateCall {
  return { kind: "aggregate", name: "user", args: [arg], where, functionId: id, type: { kind: "int64" } };
}

export const USER_IDS = [SPAN, SQUARES] as const;
