import type { AnalysedNode, AnalysedWatermark } from "./analysed-node.js";
import { analyse } from "./analyse.js";
import { inferProperties } from "./infer-properties.js";
import { liftOrder } from "./lift-order.js";
import { isEnding, needsRetractingState } from "./lifetimes.js";
import { nodesOf, rewritePlan } from "./map-inputs.js";
import { optimise } from "./optimise.js";
import { keyOf, outputShape } from "./output-shape.js";
import type { PlanNode, SourceDescription } from "./plan-node.js";
import type { EdgeProperties } from "./properties.js";
import type { StreamingPlan } from "./streaming-plan.js";

/** One trigger over everything: nothing is late, nothing is evicted, the whole result comes out, in order. */
export function planBatch(plan: PlanNode, options: { readonly optimise?: boolean } = {}): StreamingPlan {
  const analysed = analyse(plan);
  const { node, orders } = liftOrder(analysed) ?? { node: analysed, orders: [] };
  const kept = rewritePlan(node, withoutEnd);
  const root = options.optimise === false ? kept : optimise(kept);
  const visibleCount = analysed.schema.fields.length;
  return finishPlan(root, { visibleCount, key: keyOf(root, visibleCount), orders, mode: "complete" });
}

function withoutEnd(node: AnalysedNode): AnalysedNode {
  if (!isEnding(node)) return node;
  return { ...node, lifetime: { evictBy: [], emission: "changes", retractingInput: needsRetractingState(node, false) } };
}

/** Collects what execution and explain need to know of a finished plan. */
export function finishPlan(root: AnalysedNode, output: Omit<Parameters<typeof outputShape>[0], "root">): StreamingPlan {
  const sources: SourceDescription[] = [];
  const watermarks: AnalysedWatermark[] = [];
  const properties = new Map<AnalysedNode, EdgeProperties>();
  for (const node of nodesOf(root)) {
    if (node.kind === "scan") sources[node.sourceIndex] = node.source;
    if (node.kind === "watermark") watermarks[node.watermarkId] = node;
    properties.set(node, inferProperties(node));
  }
  return { root, mode: output.mode, sources, watermarks, properties, output: outputShape({ ...output, root }) };
}
