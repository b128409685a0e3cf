import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import type { AnalysedNode } from "../../plan/analysed-node.js";
import type { KeyField } from "../../state/key-layout.js";

/** What the plan knows of group keys: a smaller key is hashed and compared faster. */
export function keyFields(keys: readonly ResolvedExpression[], input: AnalysedNode): KeyField[] {
  return keys.map((key) => ({ type: key.type, nullable: key.nullable, windowSize: windowSizeOf(key, input) }));
}

/** The size of the windows that an expression over a node's output is, when it is nothing but such a window. */
function windowSizeOf(expression: ResolvedExpression, input: AnalysedNode): bigint | null {
  if (expression.kind !== "column") return null;
  switch (input.kind) {
    case "filter":
    case "lateFilter":
    case "watermark":
    case "sort":
      return windowSizeOf(expression, input.input);
    case "project":
      return windowSizeOf(input.columns[expression.index], input.input);
    case "window":
      return appended(input) === expression.index ? fixedSize(input) : windowSizeOf(expression, input.input);
    case "explode":
      return appended(input) === expression.index ? null : windowSizeOf(expression, input.input);
    default:
      return null;
  }
}

/** Ordinal of the column that a node adds behind its input's. */
function appended(node: { readonly input: AnalysedNode }): number {
  return node.input.schema.fields.length;
}

/** Calendar windows have no fixed size. */
function fixedSize(node: Extract<AnalysedNode, { kind: "window" }>): bigint | null {
  return node.shape.calendar === null ? node.shape.size : null;
}
