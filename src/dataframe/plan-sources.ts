import { unreachable } from "../common/unreachable.js";
import type { PlanNode, SourceDescription } from "../plan/plan-node.js";

/** Every source a plan reads, in plan order. */
export function planSources(plan: PlanNode): readonly SourceDescription[] {
  switch (plan.kind) {
    case "scan":
      return [plan.source];
    case "project":
    case "filter":
    case "watermark":
    case "aggregate":
    case "dropDuplicates":
    case "sort":
    case "limit":
      return planSources(plan.input);
    case "union":
      return plan.inputs.flatMap(planSources);
    default:
      return unreachable(plan);
  }
}
