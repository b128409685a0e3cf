import type { BoundExpression } from "./bound-expression.js";
import { isSameShape } from "./infer-windows.js";
import { sameExpression } from "./rewrite-expression.js";

/** Equal for all watermarks, by structure. */
export function sameBound(a: BoundExpression, b: BoundExpression): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "watermark":
      return b.kind === "watermark" && a.watermarkId === b.watermarkId;
    case "apply":
      return b.kind === "apply" && sameExpression(a.expression, b.expression) && sameBound(a.input, b.input);
    case "windowStart":
    case "windowEnd":
      return b.kind === a.kind && isSameShape(a.shape, b.shape) && sameBound(a.input, b.input);
    case "min":
    case "max":
      return (
        b.kind === a.kind &&
        a.inputs.length === b.inputs.length &&
        a.inputs.every((input, i) => sameBound(input, b.inputs[i]))
      );
  }
}

/** The watermarks a bound is made of. */
export function watermarksOf(bound: BoundExpression): readonly number[] {
  switch (bound.kind) {
    case "watermark":
      return [bound.watermarkId];
    case "apply":
    case "windowStart":
    case "windowEnd":
      return watermarksOf(bound.input);
    case "min":
    case "max":
      return bound.inputs.flatMap(watermarksOf);
  }
}
