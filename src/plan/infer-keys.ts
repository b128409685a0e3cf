import { unreachable } from "../common/unreachable.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedAggregate, AnalysedNode, AnalysedSessionAggregate } from "./analysed-node.js";
import { keepsFirstRow } from "./keeps-first-row.js";
import { carriersOf } from "./key-carriers.js";
import type { EdgeProperties } from "./properties.js";

type Keys = EdgeProperties["keys"];

/** Candidate keys of the edge above a node: [] is the key of at most one row. */
export function inferKeys(node: AnalysedNode, inputs: readonly EdgeProperties[]): Keys {
  switch (node.kind) {
    case "scan":
    case "union":
      return [];
    case "filter":
    case "watermark":
    case "lateFilter":
    case "sort":
      return inputs[0].keys;
    case "project":
      return projectKeys(node.columns, inputs[0]);
    // The same row has several elements, equal ones too.
    case "explode":
      return [];
    case "window":
      return node.shape.slide === node.shape.size
        ? inputs[0].keys
        : inputs[0].keys.map((key) => [...key, node.schema.fields.length - 1]);
    case "aggregate":
    case "sessionAggregate":
      return [groupKey(node)];
    // Where another row can take a kept row's place, only the compared columns stay what they are.
    case "dropDuplicates":
      return keepsFirstRow(node, inputs[0]) ? [...inputs[0].keys, node.keys] : [node.keys];
    case "topN":
    case "limit":
      return node.count <= 1 ? [[]] : inputs[0].keys;
    default:
      return unreachable(node);
  }
}

function groupKey(node: AnalysedAggregate | AnalysedSessionAggregate): readonly number[] {
  const width = node.keys.length + (node.kind === "sessionAggregate" ? 1 : 0);
  return Array.from({ length: width }, (_, i) => i);
}

/** Keys of which every column is handed on, in whatever lossless dress. */
function projectKeys(columns: readonly ResolvedExpression[], input: EdgeProperties): Keys {
  return input.keys.flatMap((key) => {
    const { carriers, missing } = carriersOf(key, columns, input);
    return missing.length === 0 ? [carriers] : [];
  });
}
