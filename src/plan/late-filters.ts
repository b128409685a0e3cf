import { unreachable } from "../common/unreachable.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedNode, AnalysedWatermark, LateTest } from "./analysed-node.js";
import { finalise } from "./finalise.js";
import { inferProperties } from "./infer-properties.js";
import { type Ending, evictionOf, isEnding } from "./lifetimes.js";
import { mapInputs, nodesOf } from "./map-inputs.js";
import type { LatePolicy } from "./plan-node.js";
import {
  handOn,
  isImplied,
  isMovable,
  keyTest,
  type PulledTest,
  throughExplode,
  throughFilter,
  throughProject,
  throughWindow,
} from "./pulled-test.js";
import { columnAt } from "./rewrite-expression.js";
import { watermarksOf } from "./same-bound.js";

/**
 * Puts late filters into the analysed plan, once, before optimisation, the same in every output mode (DESIGN 4.2): in
 * front of each operator that could evict or finalise by a bounded column in some mode. Append knows the most bounds, so
 * the placement is decided on the finalised plan. `root` itself keeps its lifetimes.
 */
export function placeLateFilters(root: AnalysedNode): AnalysedNode {
  const policies = new Map<number, LatePolicy>();
  for (const node of nodesOf(root)) if (node.kind === "watermark") policies.set(node.watermarkId, node.late);
  if (policies.size === 0) return root;
  const placed = place(finalise(root).node, [], policies);
  return unfinalise(placed);
}

function unfinalise(node: AnalysedNode): AnalysedNode {
  const below = mapInputs(node, unfinalise);
  if (!isEnding(below) || below.lifetime.emission === "changes") return below;
  return { ...below, lifetime: { evictBy: [], emission: "changes", retractingInput: true } };
}

type Policies = ReadonlyMap<number, LatePolicy>;

/** `tests` are those of the operators above, over the columns of `node`. */
function place(node: AnalysedNode, tests: readonly PulledTest[], policies: Policies): AnalysedNode {
  const below = (pulled: readonly PulledTest[]): AnalysedNode =>
    mapInputs(node, (input) => place(input, pulled, policies));
  switch (node.kind) {
    case "scan":
      return node;
    case "watermark":
      return node.late === "source" ? sourceFilter(node) : node;
    case "project":
      return below(throughProject(tests, node.columns));
    case "filter":
      return below(throughFilter(tests, node.condition));
    case "explode":
      return below(throughExplode(tests, node.schema.fields.length - 1));
    case "window":
      return below(throughWindow(tests, node));
    case "sort":
    case "union":
    case "lateFilter":
      return below(tests);
    // Taking away a row here would let another one in.
    case "topN":
    case "limit":
      return below([]);
    case "aggregate":
    case "sessionAggregate":
    case "dropDuplicates":
      return protect(node, tests, policies);
    default:
      return unreachable(node);
  }
}

/** late: 'source': one filter right above the watermark; what passes it is late nowhere else. */
function sourceFilter(node: AnalysedWatermark): AnalysedNode {
  const value = columnAt(node.schema.fields, node.index);
  const bound = inferProperties(node).bounds.get(`${node.index}`);
  if (bound === undefined) return node;
  const test: LateTest = { value, bound, column: value.name };
  return {
    kind: "lateFilter",
    input: node,
    tests: [test],
    operatorName: `withWatermark(${value.name})#${node.watermarkId}`,
    schema: node.schema,
  };
}

/**
 * The filter in front of one operator: its own tests, and those of the operators above that it does not imply. An
 * operator that never evicts has no filter, and hands no test on: dropping a row below it would change which rows it keeps.
 */
function protect(node: Ending, above: readonly PulledTest[], policies: Policies): AnalysedNode {
  const own = ownTests(node);
  if (own.length === 0) return mapInputs(node, (input) => place(input, [], policies));
  const handed = handOn(above, node).filter((test) => isMovable(test) && !isImplied(test, own));
  const tests = [...own, ...handed];
  const input = place(node.input, tests, policies);
  const applied = tests.filter(({ bound }) => watermarksOf(bound).some((id) => isTestedAtOperators(policies.get(id))));
  if (applied.length === 0) return { ...node, input };
  return {
    ...node,
    input: {
      kind: "lateFilter",
      input,
      tests: applied.map(lateTest),
      operatorName: node.operatorName,
      schema: input.schema,
    },
  };
}

function isTestedAtOperators(policy: LatePolicy | undefined): boolean {
  return policy === "operator" || policy === "strict";
}

/** A session row is late by its own time, not by the end of the session it would join. */
function ownTests(node: Ending): readonly PulledTest[] {
  return evictionOf(node).map(({ path, bound }): PulledTest => {
    if (node.kind === "sessionAggregate" && path === `${node.sessionPosition}.1`) {
      return { value: node.time, bound, column: `${node.schema.fields[node.sessionPosition].name}.end`, guard: null };
    }
    return keyTest(node, path, bound);
  });
}

function lateTest({ value, bound, column, guard }: PulledTest): LateTest {
  if (guard === null) return { value, bound, column };
  const guarded: ResolvedExpression = {
    kind: "case",
    branches: [{ when: guard, then: value }],
    otherwise: null,
    type: value.type,
    nullable: true,
  };
  return { value: guarded, bound, column };
}
