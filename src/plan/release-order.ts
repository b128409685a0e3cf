import { StreamingRefusal } from "../common/millrace-error.js";
import { expressionText } from "../expressions/format-expression.js";
import type { AnalysedNode, ResolvedOrder } from "./analysed-node.js";
import { pathOf } from "./bound-of.js";
import { inferProperties } from "./infer-properties.js";
import { isEnding } from "./lifetimes.js";

/**
 * Append sorts by releasing rows in order: that works only where one operator holds rows back by one column, and the
 * order begins with that column, ascending. A NULL there comes out last, so it must not sort first.
 */
export function requireReleaseOrder(root: AnalysedNode, orders: readonly ResolvedOrder[]): void {
  const [first] = orders;
  const released = releasedBy(root);
  const path = pathOf(first.expression);
  const nullsFit = !first.expression.nullable || !first.nullsFirst;
  if (path !== null && !first.descending && nullsFit && released.includes(path)) return;
  const names = `orderBy(${orders.map(({ expression, descending }) => expressionText(expression) + (descending ? " DESC" : "")).join(", ")})`;
  throw new StreamingRefusal(
    "SORT_APPEND",
    `Append mode cannot keep the order of ${names}: rows come out as they become final, not in that order.`,
    {
      place: names,
      hint: "Order by the window (or event time) that the rows are grouped by, ascending, NULLs last, or use outputMode('complete').",
    },
  );
}

/** Root columns in whose order rows are released: every release lies below all later ones. */
function releasedBy(node: AnalysedNode): readonly string[] {
  switch (node.kind) {
    case "project": {
      const below = releasedBy(node.input);
      return node.columns.flatMap((column, i) => {
        const path = pathOf(column);
        if (path === null) return [];
        const direct = below.includes(path) ? [`${i}`] : [];
        const members = below
          .filter((each) => each.startsWith(`${path}.`))
          .map((each) => `${i}${each.slice(path.length)}`);
        return [...direct, ...members];
      });
    }
    case "filter":
      return releasedBy(node.input);
    default:
      return isEnding(node) && node.lifetime.emission === "finals" ? releaseColumns(node) : [];
  }
}

/** A window released by its end is released by its start, and as a whole. A session's start may lie anywhere. */
function releaseColumns(
  node: Extract<AnalysedNode, { kind: "aggregate" | "sessionAggregate" | "dropDuplicates" }>,
): readonly string[] {
  const { evictBy } = node.lifetime;
  if (evictBy.length !== 1) return [];
  const [{ path }] = evictBy;
  const column = Number.parseInt(path, 10);
  return inferProperties(node).windows.has(column) ? [`${column}`, `${column}.0`, `${column}.1`] : [path];
}
