import { unreachable } from "../common/unreachable.js";
import type { AnalysedNode } from "./analysed-node.js";
import { inferBounds } from "./infer-bounds.js";
import { inferKeys } from "./infer-keys.js";
import { inferKinds } from "./infer-kinds.js";
import { inferTrends } from "./infer-trends.js";
import { inferWindows } from "./infer-windows.js";
import { inputsOf } from "./map-inputs.js";
import { type EdgeProperties, isInsertOnly } from "./properties.js";

const known = new WeakMap<AnalysedNode, EdgeProperties>();

/** What is known of the edge above a node (incremental.md 5): pure, bottom-up, remembered per node. */
export function inferProperties(node: AnalysedNode): EdgeProperties {
  const remembered = known.get(node);
  if (remembered !== undefined) return remembered;
  const inputs = inputsOf(node).map(inferProperties);
  const properties: EdgeProperties = {
    kinds: inferKinds(node, inputs),
    keys: inferKeys(node, inputs),
    bounds: inferBounds(node, inputs),
    hasArrivalOrder: inferArrivalOrder(node, inputs),
    windows: inferWindows(node, inputs),
    trends: inferTrends(node, inputs),
  };
  known.set(node, properties);
  return properties;
}

/** Linear operators hand the order of rows on; a source has one while it only inserts. */
function inferArrivalOrder(node: AnalysedNode, inputs: readonly EdgeProperties[]): boolean {
  switch (node.kind) {
    case "scan":
      return node.source.insertOnly;
    case "project":
    case "filter":
    case "explode":
    case "window":
    case "watermark":
    case "lateFilter":
    case "sort":
    case "union":
      return inputs.every((input) => input.hasArrivalOrder && isInsertOnly(input));
    case "aggregate":
    case "sessionAggregate":
    case "dropDuplicates":
    case "topN":
    case "limit":
      return false;
    default:
      return unreachable(node);
  }
}
