import { StreamingRefusal } from "../common/millrace-error.js";
import { unreachable } from "../common/unreachable.js";
import { expressionText } from "../expressions/format-expression.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedNode } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import { inputsOf, nodesOf } from "./map-inputs.js";
import { isInsertOnly } from "./properties.js";
import { isPure } from "./rewrite-expression.js";

/** Refuses now() and its like above a retracting edge: the row that takes back an old one would not equal it. */
export function checkPure(root: AnalysedNode): void {
  for (const node of nodesOf(root)) {
    const impure = expressionsOf(node).find((expression) => !isPure(expression));
    if (impure === undefined || inputsOf(node).every((input) => isInsertOnly(inferProperties(input)))) continue;
    const text = expressionText(impure);
    throw new StreamingRefusal(
      "IMPURE",
      `${text} gives another value each time, but the rows it stands on can change later and must be taken back as they were.`,
      {
        place: `${node.kind} ${text}`,
        hint: "Compute it on the source, before any groupBy.",
      },
    );
  }
}

/** Every expression that a node evaluates on rows of its inputs. */
export function expressionsOf(node: AnalysedNode): readonly ResolvedExpression[] {
  switch (node.kind) {
    case "project":
      return node.columns;
    case "filter":
      return [node.condition];
    case "explode":
      return [node.list];
    case "window":
      return [node.time];
    case "lateFilter":
      return node.tests.map(({ value }) => value);
    case "aggregate":
      return [
        ...node.keys,
        ...node.aggregates.flatMap(({ args, where }) => (where === null ? args : [...args, where])),
      ];
    case "sessionAggregate":
      return [
        ...node.keys,
        node.time,
        node.gap,
        ...node.aggregates.flatMap(({ args, where }) => (where === null ? args : [...args, where])),
      ];
    case "topN":
    case "sort":
      return node.orders.map(({ expression }) => expression);
    case "scan":
    case "watermark":
    case "dropDuplicates":
    case "limit":
    case "union":
      return [];
    default:
      return unreachable(node);
  }
}
