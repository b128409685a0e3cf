import type { ResolvedAggregate } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import type { StatefulNode } from "./map-inputs.js";
import { pathText } from "./path-text.js";
import { isInsertOnly } from "./properties.js";

/** How the state of an operator grows: bounded by event time, with the number of keys, or with the input. */
export function stateClass(node: StatefulNode): string {
  switch (node.kind) {
    case "topN":
      return isInsertOnly(inferProperties(node.input)) ? `O(${node.count} rows)` : "O(input)";
    case "limit":
      return node.byArrival ? "O(1)" : "O(input)";
    case "aggregate":
    case "sessionAggregate":
      return ending(
        node,
        node.aggregates.some((aggregate) => keepsValues(aggregate, node.lifetime.retractingInput)),
      );
    case "dropDuplicates":
      return ending(node, node.lifetime.retractingInput && node.keys.length < node.schema.fields.length);
  }
}

function ending(
  node: Extract<StatefulNode, { kind: "aggregate" | "sessionAggregate" | "dropDuplicates" }>,
  keepsInput: boolean,
): string {
  const { evictBy } = node.lifetime;
  if (evictBy.length > 0) return `bounded by ${evictBy.map(({ path }) => pathText(path, node.schema)).join(", ")}`;
  return keepsInput ? "O(input)" : "O(keys)";
}

function keepsValues({ name }: ResolvedAggregate, isRetracting: boolean): boolean {
  switch (name) {
    case "countDistinct":
      return true;
    case "min":
    case "max":
    case "first":
    case "last":
    case "user":
      return isRetracting;
    case "count":
    case "sum":
    case "avg":
      return false;
  }
}
