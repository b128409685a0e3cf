import { unreachable } from "../common/unreachable.js";
import { expressionText } from "../expressions/format-expression.js";
import type { Schema } from "../types/data-type.js";
import { analyseAggregate } from "./analyse-aggregate.js";
import { analyseDropDuplicates } from "./analyse-drop-duplicates.js";
import { analyseLimit, analyseSort } from "./analyse-order.js";
import { analyseProject } from "./analyse-project.js";
import { analyseUnion } from "./analyse-union.js";
import { analyseWatermark } from "./analyse-watermark.js";
import type { AnalysedNode } from "./analysed-node.js";
import { dropSorts } from "./lift-order.js";
import { nameOperator } from "./name-plan.js";
import { numberPlan } from "./number-plan.js";
import type { FilterNode, PlanNode } from "./plan-node.js";
import { resolveCondition } from "./resolve-expression.js";

const resolved = new WeakMap<PlanNode, AnalysedNode>();
const numbered = new WeakMap<PlanNode, AnalysedNode>();

/**
 * Resolves a plan: columns by ordinal, types everywhere, sources, watermarks and stateful operators numbered in plan
 * order. Throws an AnalysisError for a plan that means nothing. Plans are immutable, so each is analysed once.
 */
export function analyse(plan: PlanNode): AnalysedNode {
  return remember(numbered, plan, () => numberPlan(resolvePlan(plan)));
}

/** The columns of a plan. */
export function schemaOf(plan: PlanNode): Schema {
  return resolvePlan(plan).schema;
}

/** Without numbers, which depend on the whole plan: what a plan shares with the plans built on it. */
function resolvePlan(plan: PlanNode): AnalysedNode {
  return remember(resolved, plan, () => resolveNode(plan));
}

function remember(memory: WeakMap<PlanNode, AnalysedNode>, plan: PlanNode, make: () => AnalysedNode): AnalysedNode {
  const known = memory.get(plan);
  if (known !== undefined) return known;
  const made = make();
  memory.set(plan, made);
  return made;
}

/** Order has no meaning below any operator but projections, filters, limits and other sorts. */
function resolveNode(plan: PlanNode): AnalysedNode {
  switch (plan.kind) {
    case "scan":
      return { kind: "scan", source: plan.source, sourceIndex: 0, schema: plan.source.schema };
    case "project":
      return analyseProject(resolvePlan(plan.input), plan.columns);
    case "filter":
      return analyseFilter(plan);
    case "watermark":
      return analyseWatermark(dropSorts(resolvePlan(plan.input)), plan);
    case "aggregate":
      return nameOperator(analyseAggregate(dropSorts(resolvePlan(plan.input)), plan.keys, plan.aggregates), plan.name);
    case "dropDuplicates":
      return nameOperator(analyseDropDuplicates(dropSorts(resolvePlan(plan.input)), plan.columns), plan.name);
    case "sort":
      return analyseSort(dropSorts(resolvePlan(plan.input)), plan.orders);
    case "limit":
      return nameOperator(analyseLimit(resolvePlan(plan.input), plan.count), plan.name);
    case "union":
      return analyseUnion(plan.inputs.map((input) => dropSorts(resolvePlan(input))));
    default:
      return unreachable(plan);
  }
}

function analyseFilter(plan: FilterNode): AnalysedNode {
  const input = resolvePlan(plan.input);
  const place = `filter(${expressionText(plan.condition)})`;
  return {
    kind: "filter",
    input,
    condition: resolveCondition({ schema: input.schema, place, starred: input.schema }, plan.condition),
    schema: input.schema,
  };
}
