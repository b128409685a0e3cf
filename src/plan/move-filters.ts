import type { ResolvedCall, ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedNode } from "./analysed-node.js";
import { isTrivial } from "./merge-projects.js";
import { cannotFail, columnsIn, throughColumns } from "./rewrite-expression.js";

/**
 * filter(filter(x, a), b) as filter(x, a AND b). b is evaluated where a is NULL, too, so it must not be able to fail: an
 * expression is never evaluated for a row that a filter below it removes.
 */
export function mergeFilters(node: AnalysedNode): AnalysedNode {
  if (node.kind !== "filter" || node.input.kind !== "filter" || !cannotFail(node.condition)) return node;
  return { ...node, input: node.input.input, condition: and(node.input.condition, node.condition) };
}

function and(left: ResolvedExpression, right: ResolvedExpression): ResolvedCall {
  return {
    kind: "call",
    name: "and",
    args: [left, right],
    type: { kind: "bool" },
    nullable: left.nullable || right.nullable,
  };
}

/** filter(project(x)) as project(filter(x)), where the condition reads only columns that the projection hands on. */
export function pushFilter(node: AnalysedNode): AnalysedNode {
  if (node.kind !== "filter" || node.input.kind !== "project") return node;
  const { input: below, columns, schema } = node.input;
  if (![...columnsIn(node.condition)].every((column) => isTrivial(columns[column]))) return node;
  const condition = throughColumns(node.condition, columns);
  const filter: AnalysedNode = { kind: "filter", input: below, condition, schema: below.schema };
  return { kind: "project", input: settleFilter(filter), columns, schema };
}

/** Moves a filter down as far as it goes. */
export function settleFilter(node: AnalysedNode): AnalysedNode {
  const merged = mergeFilters(node);
  return merged.kind === "filter" && merged.input.kind === "project" ? pushFilter(merged) : merged;
}
