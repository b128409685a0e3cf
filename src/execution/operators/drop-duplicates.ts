import { assert } from "../../common/assert.js";
import type { AnalysedDropDuplicates } from "../../plan/analysed-node.js";
import type { Operator } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { FirstByArrival } from "./first-by-arrival.js";
import { FirstByOrder } from "./first-by-order.js";

/**
 * dropDuplicates. Where rows only come, the first by arrival stays; equal whole rows cannot be told apart, so for them
 * any order will do. Everything else goes by all columns.
 */
export function dropDuplicates(node: AnalysedDropDuplicates, dependencies: OperatorDependencies): Operator {
  assert(
    node.lifetime.emission === "changes",
    "the planner runs a dropDuplicates that holds rows back as an aggregate",
  );
  const isWholeRow = node.keys.length === node.schema.fields.length;
  const isFirstForEver = !node.lifetime.retractingInput && (node.byArrival || isWholeRow);
  return isFirstForEver ? new FirstByArrival(node, dependencies) : new FirstByOrder(node, dependencies);
}
