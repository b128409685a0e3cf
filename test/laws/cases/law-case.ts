import { fromJsonValue, type JsonValue, toJsonValue } from "../../../src/plan/json-value.js";
import type { PlanNode, ScanNode } from "../../../src/plan/plan-node.js";
import type { Script } from "../oracle/oracle.js";

/** Everything that one run of a law needs; has a JSON form, so that a failure can be kept and replayed. */
export interface LawCase {
  readonly plan: PlanNode;
  readonly script: Script;
  readonly delivery: Delivery;
}

/** How rows are handed to the engine; no law depends on it. */
export interface Delivery {
  /** Rows per chunk; null = as many as came. */
  readonly cut: number | null;
  readonly dictionary: boolean;
  /** Other rows, not selected, lie between those that count. */
  readonly selective: boolean;
  readonly codegen: boolean;
}

export function caseToJson(lawCase: LawCase): JsonValue {
  return toJsonValue(lawCase);
}

export function caseFromJson(json: JsonValue): LawCase {
  return fromJsonValue(json) as LawCase;
}

/** The scans of a plan from the left: a script counts sources in this order. */
export function scansOf(plan: PlanNode): ScanNode[] {
  if (plan.kind === "scan") return [plan];
  return inputsOfPlan(plan).flatMap(scansOf);
}

export function inputsOfPlan(plan: PlanNode): readonly PlanNode[] {
  if (plan.kind === "scan") return [];
  return plan.kind === "union" ? plan.inputs : [plan.input];
}

export function nodesOfPlan(plan: PlanNode): PlanNode[] {
  return [...inputsOfPlan(plan).flatMap(nodesOfPlan), plan];
}
