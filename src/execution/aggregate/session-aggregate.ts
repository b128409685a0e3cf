import type { AnalysedSessionAggregate } from "../../plan/analysed-node.js";
import type { Operator } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
export function createSessionAggregate(_node: AnalysedSessionAggregate, _dependencies: OperatorDependencies): Operator {
  throw new Error("not yet");
}
