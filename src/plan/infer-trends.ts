import type { AnalysedNode, ResolvedAggregate } from "./analysed-node.js";
import { type EdgeProperties, isInsertOnly } from "./properties.js";

type Trends = EdgeProperties["trends"];
const NONE: Trends = new Map();

/** Columns that only rise or fall for one key (DESIGN 4.3: counting over insert-only input never falls). */
export function inferTrends(node: AnalysedNode, inputs: readonly EdgeProperties[]): Trends {
  switch (node.kind) {
    case "aggregate":
      return isInsertOnly(inputs[0]) ? aggregateTrends(node.aggregates, node.keys.length) : NONE;
    case "project": {
      const entries = node.columns.flatMap((column, i) => {
        const trend = column.kind === "column" ? inputs[0].trends.get(column.index) : undefined;
        return trend === undefined ? [] : [[i, trend] as const];
      });
      return new Map(entries);
    }
    case "filter":
    case "lateFilter":
    case "sort":
    case "explode":
    case "window":
      return inputs[0].trends;
    default:
      return NONE;
  }
}

/** NULL, the extreme of nothing, comes before any value and compares as not true: it turns nothing back. NaN might. */
function aggregateTrends(aggregates: readonly ResolvedAggregate[], keys: number): Trends {
  const trends = new Map<number, "rising" | "falling">();
  for (const [i, { name, type }] of aggregates.entries()) {
    if (name === "count" || name === "countDistinct") trends.set(keys + i, "rising");
    if (type.kind === "float64") continue;
    if (name === "max") trends.set(keys + i, "rising");
    if (name === "min") trends.set(keys + i, "falling");
  }
  return trends;
}
