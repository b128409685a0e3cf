import { AnalysisError } from "../common/millrace-error.js";
import { fromJsonValue, type JsonValue, toJsonValue } from "./json-value.js";
import type { PlanNode } from "./plan-node.js";

const KINDS: Record<PlanNode["kind"], true> = {
  scan: true,
  project: true,
  filter: true,
  watermark: true,
  aggregate: true,
  dropDuplicates: true,
  sort: true,
  limit: true,
  union: true,
};

/** A plan as JSON. Sources and user functions stand in it by their ids. */
export function toJson(plan: PlanNode): JsonValue {
  return toJsonValue(plan);
}

/** The plan that `toJson` wrote, frozen. */
export function fromJson(json: JsonValue): PlanNode {
  const plan = fromJsonValue(json);
  if (!isPlanNode(plan)) throw new AnalysisError("PLAN_JSON", "This JSON is not a plan.");
  return plan;
}

/** Checks the tree of nodes; expressions are checked when the plan is analysed. */
function isPlanNode(value: unknown): value is PlanNode {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  if (typeof value.kind !== "string" || !Object.hasOwn(KINDS, value.kind)) return false;
  if (value.kind === "scan") return "source" in value;
  if (value.kind === "union") return "inputs" in value && Array.isArray(value.inputs) && value.inputs.every(isPlanNode);
  return "input" in value && isPlanNode(value.input);
}
