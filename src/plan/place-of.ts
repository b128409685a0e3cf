import { expressionText } from "../expressions/format-expression.js";
import type { AnalysedNode } from "./analysed-node.js";
import { isStateful } from "./map-inputs.js";

/** A node in one line, as explain prints it. */
export function placeOf(node: AnalysedNode): string {
  if (isStateful(node)) return node.operatorName;
  switch (node.kind) {
    case "scan":
      return `scan ${node.source.label}`;
    case "filter":
      return `filter ${expressionText(node.condition)}`;
    case "watermark":
      return `withWatermark(${node.schema.fields[node.index].name})`;
    default:
      return node.kind;
  }
}
