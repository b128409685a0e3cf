import { unreachable } from "../common/unreachable.js";
import type { AnalysedNode } from "./analysed-node.js";

/** The inputs of a node, left to right. */
export function inputsOf(node: AnalysedNode): readonly AnalysedNode[] {
  if (node.kind === "scan") return [];
  return node.kind === "union" ? node.inputs : [node.input];
}

/** The same node over other inputs; the node itself when nothing changed. Schemas must stay the same. */
export function mapInputs(node: AnalysedNode, change: (input: AnalysedNode) => AnalysedNode): AnalysedNode {
  if (node.kind === "scan") return node;
  if (node.kind === "union") {
    const inputs = node.inputs.map(change);
    return inputs.every((input, i) => input === node.inputs[i]) ? node : { ...node, inputs };
  }
  const input = change(node.input);
  return input === node.input ? node : { ...node, input };
}

/** Rewrites bottom-up: `change` sees each node with its inputs already rewritten. */
export function rewritePlan(node: AnalysedNode, change: (node: AnalysedNode) => AnalysedNode): AnalysedNode {
  return change(mapInputs(node, (input) => rewritePlan(input, change)));
}

/** Every node, bottom-up, left to right: plan order. */
export function* nodesOf(node: AnalysedNode): Generator<AnalysedNode> {
  for (const input of inputsOf(node)) yield* nodesOf(input);
  yield node;
}

export type StatefulNode = Extract<AnalysedNode, { readonly operatorName: string; readonly operatorId: number }>;

/** Operators that keep rows or groups between triggers. */
export function isStateful(node: AnalysedNode): node is StatefulNode {
  switch (node.kind) {
    case "aggregate":
    case "sessionAggregate":
    case "dropDuplicates":
    case "topN":
    case "limit":
      return true;
    case "scan":
    case "project":
    case "filter":
    case "explode":
    case "window":
    case "watermark":
    case "lateFilter":
    case "sort":
    case "union":
      return false;
    default:
      return unreachable(node);
  }
}
