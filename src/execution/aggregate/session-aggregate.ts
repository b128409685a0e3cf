import { userAggregateById } from "../../expressions/user-aggregate.js";
import type { AnalysedSessionAggregate, ResolvedAggregate } from "../../plan/analysed-node.js";
import type { Operator } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { MergingSessionAggregate } from "./merging-session-aggregate.js";
import { RefoldingSessionAggregate } from "./refolding-session-aggregate.js";

/** Sessions are joined by merging accumulators where that is possible, else by folding kept rows again. */
export function createSessionAggregate(node: AnalysedSessionAggregate, dependencies: OperatorDependencies): Operator {
  const isMergeable = !node.lifetime.retractingInput && node.aggregates.every(canMerge);
  return isMergeable
    ? new MergingSessionAggregate(node, dependencies)
    : new RefoldingSessionAggregate(node, dependencies);
}

/** Every built-in aggregate merges over insert-only input; a user's does if it says how. */
function canMerge(aggregate: ResolvedAggregate): boolean {
  if (aggregate.name !== "user" || aggregate.functionId === null) return true;
  return userAggregateById(aggregate.functionId).merge !== undefined;
}
