import type { DataType } from "../types/data-type.js";
import type { FunctionName } from "./function-name.js";

/**
 * Expression trees: frozen plain data with a stable `kind`; their JSON form is themselves (bigint and bytes literals
 * have a tagged form in plan/plan-json.ts). What a user builds is unresolved: columns by name, no types.
 * plan/resolve.ts turns it into a `ResolvedExpression` against a schema.
 */
export type Expression =
  | ColumnReference
  | Literal
  | Call
  | Alias
  | CaseWhen
  | Cast
  | FieldAccess
  | WindowCall
  | AggregateCall
  | Generator
  | Star;

/** A column by name; `window.start` style paths are FieldAccess nodes. */
export interface ColumnReference {
  readonly kind: "column";
  readonly name: string;
}

/** Every column, in order. */
export interface Star {
  readonly kind: "star";
}

/** value: number for int32, date, float64; bigint for int64 and timestamp; string, boolean, Uint8Array; null with the type it is a NULL of. */
export interface Literal {
  readonly kind: "literal";
  readonly type: DataType;
  readonly value: LiteralValue;
}
export type LiteralValue = null | boolean | number | bigint | string | Uint8Array;

/** A scalar function of the registry. Extra constants (formats, zones, positions) are literals among the arguments. */
export interface Call {
  readonly kind: "call";
  readonly name: FunctionName;
  readonly args: readonly Expression[];
}

export interface Alias {
  readonly kind: "alias";
  readonly name: string;
  readonly input: Expression;
}

export interface CaseWhen {
  readonly kind: "case";
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression | null;
}

/** `safe` = tryCast: NULL instead of an error. */
export interface Cast {
  readonly kind: "cast";
  readonly input: Expression;
  readonly type: DataType;
  readonly safe: boolean;
}

export interface FieldAccess {
  readonly kind: "field";
  readonly input: Expression;
  readonly name: string;
}

/**
 * window(time, size, slide, offset) and sessionWindow(time, gap): legal as a group key or a projected column.
 * Fixed sizes are microseconds. Calendar windows ("1 day", "1 month", in a zone) have `calendar` set and size/slide/offset 0.
 */
export type WindowCall = TimeWindowCall | SessionWindowCall;
export interface TimeWindowCall {
  readonly kind: "window";
  readonly time: Expression;
  readonly size: bigint;
  readonly slide: bigint;
  readonly offset: bigint;
  readonly calendar: CalendarWindow | null;
}
/** Windows of `count` calendar units, cut at local midnight of `zone` (days, weeks from Monday, months). */
export interface CalendarWindow {
  readonly unit: "day" | "week" | "month";
  readonly count: number;
  readonly zone: string;
}
/** `gap` is an expression giving microseconds as int64 (a literal when fixed). */
export interface SessionWindowCall {
  readonly kind: "sessionWindow";
  readonly time: Expression;
  readonly gap: Expression;
}

export interface AggregateCall {
  readonly kind: "aggregate";
  readonly name: AggregateName;
  /** Empty for count(*). */
  readonly args: readonly Expression[];
  /** `.filter(where)`: only rows where it is true are added. */
  readonly where: Expression | null;
  /** For name 'user': the id under which the function is registered. */
  readonly functionId: string | null;
  /** For name 'user': the declared result type. */
  readonly type: DataType | null;
}
export type AggregateName = "count" | "sum" | "avg" | "min" | "max" | "first" | "last" | "countDistinct" | "user";

/** One row per element of a list; NULL or empty gives none, or one NULL row when `outer`. */
export interface Generator {
  readonly kind: "explode";
  readonly input: Expression;
  readonly outer: boolean;
}
