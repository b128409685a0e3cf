import type { DataType } from "../types/data-type.js";
import type { LiteralValue } from "./expression.js";
import type { FunctionName } from "./function-name.js";

/**
 * What analysis makes of an Expression: columns by ordinal, a type and nullability on every node, implicit casts
 * written out, windows, aggregates and generators moved into plan nodes. Kernels see only this.
 */
export type ResolvedExpression =
  | ResolvedColumn
  | ResolvedLiteral
  | ResolvedCall
  | ResolvedCase
  | ResolvedCast
  | ResolvedField;

interface ResolvedBase {
  readonly type: DataType;
  readonly nullable: boolean;
}

/** Column `index` of the input edge; `name` only for printing. */
export interface ResolvedColumn extends ResolvedBase {
  readonly kind: "column";
  readonly index: number;
  readonly name: string;
}
export interface ResolvedLiteral extends ResolvedBase {
  readonly kind: "literal";
  readonly value: LiteralValue;
}
/** Arguments already have the types the kernel asks for (the type rule wrote the casts). */
export interface ResolvedCall extends ResolvedBase {
  readonly kind: "call";
  readonly name: FunctionName;
  readonly args: readonly ResolvedExpression[];
}
export interface ResolvedCase extends ResolvedBase {
  readonly kind: "case";
  readonly branches: readonly { readonly when: ResolvedExpression; readonly then: ResolvedExpression }[];
  readonly otherwise: ResolvedExpression | null;
}
export interface ResolvedCast extends ResolvedBase {
  readonly kind: "cast";
  readonly input: ResolvedExpression;
  readonly safe: boolean;
}
/** Member `index` of a struct. */
export interface ResolvedField extends ResolvedBase {
  readonly kind: "field";
  readonly input: ResolvedExpression;
  readonly index: number;
  readonly name: string;
}
