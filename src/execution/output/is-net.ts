import { unreachable } from "../../common/unreachable.js";
import type { AnalysedNode, AnalysedProject } from "../../plan/analysed-node.js";
import { inferProperties } from "../../plan/infer-properties.js";
import { isInsertOnly } from "../../plan/properties.js";

/**
 * True when the changes that leave a node in one trigger are net: no row both comes and goes, so that adding them up
 * would change nothing but the count of equal rows. Operators that send what has changed at the end of a trigger are net,
 * and so is what only selects rows, or hands every column on.
 */
export function isNet(node: AnalysedNode): boolean {
  if (isInsertOnly(inferProperties(node))) return true;
  switch (node.kind) {
    case "aggregate":
    case "sessionAggregate":
    case "dropDuplicates":
    case "topN":
    case "limit":
      return true;
    case "filter":
    case "lateFilter":
    case "sort":
    case "watermark":
    case "window":
      return isNet(node.input);
    case "project":
      return keepsEveryColumn(node) && isNet(node.input);
    case "scan":
    case "explode":
    case "union":
      return false;
    default:
      return unreachable(node);
  }
}

function keepsEveryColumn({ columns, input }: AnalysedProject): boolean {
  return input.schema.fields.every((_, index) =>
    columns.some((column) => column.kind === "column" && column.index === index),
  );
}
