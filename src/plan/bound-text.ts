import { expressionText } from "../expressions/format-expression.js";
import { formatMicros } from "../expressions/format-micros.js";
import type { WindowShape } from "./analysed-node.js";
import type { BoundExpression } from "./bound-expression.js";
import { substitute } from "./rewrite-expression.js";

/** A bound as explain prints it: W0 is watermark 0. */
export function boundText(bound: BoundExpression): string {
  switch (bound.kind) {
    case "watermark":
      return `W${bound.watermarkId}`;
    case "apply": {
      const input = boundText(bound.input);
      return expressionText(substitute(bound.expression, (column) => ({ ...column, name: input })));
    }
    case "windowEnd":
    case "windowStart":
      return `${bound.kind}(${boundText(bound.input)}, ${sizeText(bound.shape)})`;
    case "min":
    case "max":
      return `${bound.kind}(${bound.inputs.map(boundText).join(", ")})`;
  }
}

function sizeText({ size, calendar }: WindowShape): string {
  return calendar === null ? formatMicros(size) : `${calendar.count} ${calendar.unit}`;
}
