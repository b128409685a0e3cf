import { unreachable } from "../common/unreachable.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedNode, ResolvedAggregate } from "../plan/analysed-node.js";
import { isStateful } from "../plan/map-inputs.js";
import { columnsIn } from "../plan/rewrite-expression.js";

/** Ordinals of an edge that somebody above reads; null = all of them. */
export type ReadColumns = ReadonlySet<number> | null;

/** What is known of whoever gets the chunks of an edge. */
export interface EdgeReader {
  readonly read: ReadColumns;
  /** Columns may be referred to after `process` has returned; else their arrays may be used again. */
  readonly keeps: boolean;
}

/** Whether a node, or one that it hands its columns to, may keep columns of its input. Aggregates and late rows keep copies. */
export function keepsInput(node: AnalysedNode, above: boolean): boolean {
  if (node.kind === "aggregate" || node.kind === "sessionAggregate") return false;
  return isStateful(node) ? true : above;
}

/**
 * Which columns of its input a node reads, when `above` is what is read of its own output. An operator that copies rows
 * leaves the others out: exploding a list must not copy the list for each of its elements.
 */
export function readOfInput(node: Exclude<AnalysedNode, { kind: "scan" }>, above: ReadColumns): ReadColumns {
  switch (node.kind) {
    case "project":
      return columnsOf(node.columns);
    case "filter":
      return plus(above, [node.condition]);
    case "explode":
      return plus(below(above, node.schema.fields.length - 1), [node.list]);
    case "window":
      return plus(below(above, node.schema.fields.length - 1), [node.time]);
    case "watermark":
      return above === null ? null : new Set([...above, node.index]);
    case "sort":
    case "union":
      return above;
    case "aggregate":
      return columnsOf([...node.keys, ...node.aggregates.flatMap(expressionsOf)]);
    case "sessionAggregate":
      return columnsOf([...node.keys, node.time, node.gap, ...node.aggregates.flatMap(expressionsOf)]);
    // A late row is shown with every column that reaches its filter; the others compare or keep whole rows.
    case "lateFilter":
    case "dropDuplicates":
    case "topN":
    case "limit":
      return null;
    default:
      return unreachable(node);
  }
}

function expressionsOf({ args, where }: ResolvedAggregate): readonly ResolvedExpression[] {
  return where === null ? args : [...args, where];
}

function columnsOf(expressions: readonly ResolvedExpression[]): ReadonlySet<number> {
  return new Set(expressions.flatMap((expression) => [...columnsIn(expression)]));
}

function plus(read: ReadColumns, expressions: readonly ResolvedExpression[]): ReadColumns {
  return read === null ? null : new Set([...read, ...columnsOf(expressions)]);
}

/** Without the column that the node appends. */
function below(read: ReadColumns, appended: number): ReadColumns {
  return read === null ? null : new Set([...read].filter((column) => column !== appended));
}
