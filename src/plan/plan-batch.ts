import { analyse } from "./analyse.js";
import type { AnalysedNode, AnalysedWatermark } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import { isEnding, needsRetractingState } from "./lifetimes.js";
import { liftOrder } from "./lift-order.js";
import { nodesOf, rewritePlan } from "./map-inputs.js";
import { optimise } from "./optimise.js";
import type { OutputMode } from "./output-mode.js";
import { keyOf, outputShape } from "./output-shape.js";
import type { PlanNode, SourceDescription } from "./plan-node.js";
import type { EdgeProperties } from "./properties.js";
import type { OutputShape, StreamingPlan } from "./streaming-plan.js";

/** One trigger over everything: nothing is late, nothing is evicted, the whole result comes out, in order. */
export function planBatch(plan: PlanNode, options: { readonly optimise?: boolean } = {}): StreamingPlan {
  const analysed = analyse(plan);
  const { node, orders } = liftOrder(analysed) ?? { node: analysed, orders: [] };
  const kept = rewritePlan(node, withoutEnd);
  const visibleCount = analysed.schema.fields.length;
  const output = outputShape({ root: kept, visibleCount, key: keyOf(kept, visibleCount), orders, mode: "complete" });
  return finishPlan(options.optimise === false ? kept : optimise(kept), "complete", output);
}

function withoutEnd(node: AnalysedNode): AnalysedNode {
  if (!isEnding(node)) return node;
  return {
    ...node,
    lifetime: { evictBy: [], emission: "changes", retractingInput: needsRetractingState(node, false) },
  };
}

/** Collects what execution and explain need to know of a finished plan. */
export function finishPlan(root: AnalysedNode, mode: OutputMode, output: OutputShape): StreamingPlan {
  const sources: SourceDescription[] = [];
  const watermarks: AnalysedWatermark[] = [];
  const properties = new Map<AnalysedNode, EdgeProperties>();
  for (const node of nodesOf(root)) {
    if (node.kind === "scan") sources[node.sourceIndex] = node.source;
    if (node.kind === "watermark") watermarks[node.watermarkId] = node;
    properties.set(node, inferProperties(node));
  }
  return { root, mode, sources, watermarks, properties, output };
}
