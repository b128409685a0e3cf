import type { Column } from "../../columnar/column.js";
import type { ResolvedCall } from "../../expressions/resolved-expression.js";
import type { TriggerContext } from "../operator.js";

/** The rows to compute: the first `count` entries of `sel`, or the rows 0..count-1. Any other row must not fail. */
export interface Rows {
  readonly sel: Int32Array | null;
  readonly count: number;
}

/** Ends an evaluation with an ExpressionError that names the expression and the row. */
export type Fail = (code: string, what: string, row: number) => never;

/**
 * One call of a function over whole columns. What must hold for the result: `length` rows aligned with the physical rows
 * of `args`; rows outside `rows` are valid or NULL, as the kernel likes, with values in bounds; nullCount is the number of
 * zero bytes of validity. Arguments that are constants in `expression` arrive as constant columns too.
 */
export interface VectorCall {
  readonly expression: ResolvedCall;
  readonly args: readonly Column[];
  readonly length: number;
  readonly rows: Rows;
  readonly context: TriggerContext;
  readonly fail: Fail;
}

/** A function over values that are not of a fixed width, or whose work per row dwarfs a call: text, time, nested, JSON. */
export type VectorKernel = (call: VectorCall) => Column;
