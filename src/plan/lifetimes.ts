import type {
  AnalysedAggregate,
  AnalysedDropDuplicates,
  AnalysedNode,
  AnalysedSessionAggregate,
  Lifetime,
} from "./analysed-node.js";
import type { BoundExpression, ColumnPath } from "./bound-expression.js";
import { inferProperties } from "./infer-properties.js";
import { rewritePlan } from "./map-inputs.js";
import { isInsertOnly } from "./properties.js";

/** Operators whose rows end. */
export type Ending = AnalysedAggregate | AnalysedSessionAggregate | AnalysedDropDuplicates;

export function isEnding(node: AnalysedNode): node is Ending {
  return node.kind === "aggregate" || node.kind === "sessionAggregate" || node.kind === "dropDuplicates";
}

/** Sets, bottom-up, how the state of every operator ends. Emission stays as it is. */
export function withLifetimes(root: AnalysedNode, forceRetracting: boolean): AnalysedNode {
  return rewritePlan(root, (node) =>
    isEnding(node) ? withLifetime(node, node.lifetime.emission, forceRetracting) : node,
  );
}

export function withLifetime<N extends Ending>(node: N, emission: Lifetime["emission"], forceRetracting = false): N {
  return {
    ...node,
    lifetime: { evictBy: evictionOf(node), emission, retractingInput: needsRetractingState(node, forceRetracting) },
  };
}

/** What goes by arrival sees insert-only input, and would give another result from the state of a retracting one: no wish changes it. */
export function needsRetractingState(node: Ending, force: boolean): boolean {
  if (!isInsertOnly(inferProperties(node.input))) return true;
  const isByArrival =
    node.kind === "dropDuplicates"
      ? node.byArrival
      : node.aggregates.some(({ name }) => name === "first" || name === "last");
  return force && !isByArrival;
}

/** The bounded columns by which rows of this operator end, in output ordinals. The end of a window stands for all of it. */
export function evictionOf(node: Ending): Lifetime["evictBy"] {
  const { bounds, windows } = inferProperties(node);
  const keys = keyOrdinals(node);
  const found = [...bounds].filter(
    ([path]) => keys.includes(columnOf(path)) && !(windows.has(columnOf(path)) && path.endsWith(".0")),
  );
  const session =
    node.kind === "sessionAggregate" ? found.filter(([path]) => path === `${node.sessionPosition}.1`) : [];
  return (session.length > 0 ? session : found).map(([path, bound]: [ColumnPath, BoundExpression]) => ({
    path,
    bound,
  }));
}

function keyOrdinals(node: Ending): readonly number[] {
  if (node.kind === "dropDuplicates") return node.keys;
  return Array.from({ length: node.keys.length + (node.kind === "sessionAggregate" ? 1 : 0) }, (_, i) => i);
}

export function columnOf(path: ColumnPath): number {
  return Number.parseInt(path, 10);
}
