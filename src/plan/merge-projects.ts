import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedNode } from "./analysed-node.js";
import { childrenOf, throughColumns } from "./rewrite-expression.js";

/** project(project(x)) as one, where no expression that costs anything would be evaluated twice. */
export function mergeProjects(node: AnalysedNode): AnalysedNode {
  if (node.kind !== "project" || node.input.kind !== "project") return node;
  const inner = node.input.columns;
  const uses = new Map<number, number>();
  for (const column of node.columns) countUses(column, uses);
  const repeats = inner.some((column, i) => !isTrivial(column) && (uses.get(i) ?? 0) > 1);
  if (repeats) return node;
  return { ...node, input: node.input.input, columns: node.columns.map((column) => throughColumns(column, inner)) };
}

function countUses(expression: ResolvedExpression, uses: Map<number, number>): void {
  if (expression.kind === "column") uses.set(expression.index, (uses.get(expression.index) ?? 0) + 1);
  for (const child of childrenOf(expression)) countUses(child, uses);
}

/** Reading it costs nothing. */
export function isTrivial(expression: ResolvedExpression): boolean {
  if (expression.kind === "field") return isTrivial(expression.input);
  return expression.kind === "column" || expression.kind === "literal";
}
