import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { WindowShape } from "./analysed-node.js";

/** Ordinal of a column, or of a member of a struct column ("2", "2.1"); what bounds and eviction refer to. */
export type ColumnPath = `${number}` | `${number}.${number}`;

/**
 * What the engine knows at plan time of a bounded column: a promise that every later delta row has column >= bound, or NULL.
 * Evaluated against the watermarks; bounds are bigint in the column's own unit (microseconds, days, integer).
 */
export type BoundExpression =
  /** The watermark itself, microseconds. */
  | { readonly kind: "watermark"; readonly watermarkId: number }
  /** `expression` has one column, index 0, of `input`'s unit, and is monotone in it. */
  | { readonly kind: "apply"; readonly expression: ResolvedExpression; readonly input: BoundExpression }
  /** The smallest window end > input. */
  | { readonly kind: "windowEnd"; readonly shape: WindowShape; readonly input: BoundExpression }
  /** The start of that window: the earliest window that can still get a row. */
  | { readonly kind: "windowStart"; readonly shape: WindowShape; readonly input: BoundExpression }
  | { readonly kind: "min"; readonly inputs: readonly BoundExpression[] }
  | { readonly kind: "max"; readonly inputs: readonly BoundExpression[] };

/** No bound yet: below every int64. */
export const NO_BOUND = -(2n ** 63n);
/** The source has ended for ever: above every int64. */
export const END_OF_TIME = 2n ** 63n;

/** Current watermark (microseconds) by watermarkId. */
export type Watermarks = readonly bigint[];
