import type { AnalysedAggregate, AnalysedNode } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import { carriersOf } from "./key-carriers.js";
import { mapInputs } from "./map-inputs.js";

/**
 * Lets the top aggregate send new rows only, without the old ones they replace, where the sink can tell by the key: nothing
 * is deleted, only projections and filters stand above, and these hand on every column of the aggregate, so that no
 * unchanged row looks like a changed one.
 */
export function sendUpserts(root: AnalysedNode): AnalysedNode {
  if (inferProperties(root).kinds.delete) return root;
  return canSend(root) ? rewriteTop(root) : root;
}

function canSend(node: AnalysedNode): boolean {
  switch (node.kind) {
    case "aggregate":
      return node.lifetime.emission === "changes";
    case "filter":
      return canSend(node.input);
    case "project": {
      const all = node.input.schema.fields.map((_, i) => i);
      return carriersOf(all, node.columns, inferProperties(node.input)).missing.length === 0 && canSend(node.input);
    }
    default:
      return false;
  }
}

function rewriteTop(node: AnalysedNode): AnalysedNode {
  if (node.kind !== "aggregate") return mapInputs(node, rewriteTop);
  const sending: AnalysedAggregate = { ...node, lifetime: { ...node.lifetime, emission: "upserts" } };
  return sending;
}
