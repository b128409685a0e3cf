import { unreachable } from "../common/unreachable.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type {
  AnalysedAggregate,
  AnalysedDropDuplicates,
  AnalysedFilter,
  AnalysedNode,
  AnalysedTopN,
  AnalysedWindow,
  Lifetime,
} from "./analysed-node.js";
import { conjunctsOf } from "./conjuncts.js";
import { keepsFirstRow } from "./keeps-first-row.js";
import { isLosslessCast } from "./lossless-cast.js";
import { type ChangeKinds, type EdgeProperties, isInsertOnly } from "./properties.js";
import { columnsIn, isPure } from "./rewrite-expression.js";

export const INSERTS: ChangeKinds = { insert: true, update: false, delete: false };
const UPDATES: ChangeKinds = { insert: true, update: true, delete: false };
const REPLACES: ChangeKinds = { insert: true, update: false, delete: true };
const ALL: ChangeKinds = { insert: true, update: true, delete: true };

/** Change kinds of the edge above a node (incremental.md 5.1). An update keeps a row's key. */
export function inferKinds(node: AnalysedNode, inputs: readonly EdgeProperties[]): ChangeKinds {
  switch (node.kind) {
    case "scan":
      return node.source.insertOnly ? INSERTS : ALL;
    case "project":
    case "explode":
    case "watermark":
    case "lateFilter":
    case "sort":
      return inputs[0].kinds;
    case "window":
      return windowKinds(node, inputs[0]);
    case "filter":
      return filterKinds(node, inputs[0]);
    case "union":
      return inputs.map(({ kinds }) => kinds).reduce(eitherKinds, INSERTS);
    case "aggregate":
      return finalised(node.lifetime) ?? aggregateKinds(node, inputs[0]);
    case "sessionAggregate":
      return finalised(node.lifetime) ?? REPLACES;
    case "dropDuplicates":
      return finalised(node.lifetime) ?? duplicateKinds(node, inputs[0]);
    case "topN":
      return topKinds(node, inputs[0]);
    case "limit":
      return isInsertOnly(inputs[0]) && node.byArrival ? INSERTS : ALL;
    default:
      return unreachable(node);
  }
}

function finalised({ emission }: Lifetime): ChangeKinds | null {
  return emission === "finals" ? INSERTS : null;
}

function eitherKinds(a: ChangeKinds, b: ChangeKinds): ChangeKinds {
  return { insert: true, update: a.update || b.update, delete: a.delete || b.delete };
}

/** With several windows a row, the window is part of the key: a row whose time changes leaves the windows it was in. */
function windowKinds({ time, shape }: AnalysedWindow, input: EdgeProperties): ChangeKinds {
  if (shape.slide === shape.size || !input.kinds.update || staysTheSame(time, input)) return input.kinds;
  return { ...input.kinds, delete: true };
}

/** A group ends only when rows are taken away, or move to another group; the one row of no groups at all stays for ever. */
function aggregateKinds({ keys, aggregates }: AnalysedAggregate, input: EdgeProperties): ChangeKinds {
  const loses = input.kinds.delete || (input.kinds.update && !keys.every((key) => staysTheSame(key, input)));
  return { insert: true, update: aggregates.length > 0, delete: loses && keys.length > 0 };
}

/** An update keeps the row's key, and with it everything that is computed from the key alone. */
function staysTheSame(expression: ResolvedExpression, { keys }: EdgeProperties): boolean {
  const reads = [...columnsIn(expression)];
  return keys.some((key) => reads.every((column) => key.includes(column)));
}

function duplicateKinds(node: AnalysedDropDuplicates, input: EdgeProperties): ChangeKinds {
  if (isInsertOnly(input)) return keepsFirstRow(node, input) ? INSERTS : UPDATES;
  return node.keys.length === node.schema.fields.length ? REPLACES : ALL;
}

/** The single best row is replaced in place; with more, a row that loses its place goes. */
function topKinds({ count }: AnalysedTopN, input: EdgeProperties): ChangeKinds {
  return count === 1 && isInsertOnly(input) ? UPDATES : ALL;
}

/** An update whose old row passes and whose new row does not is a delete: impossible where the verdict cannot turn back. */
function filterKinds({ condition }: AnalysedFilter, input: EdgeProperties): ChangeKinds {
  if (isInsertOnly(input)) return INSERTS;
  if (!input.kinds.update) return input.kinds;
  return conjunctsOf(condition).every((each) => neverTurnsBack(each, input))
    ? input.kinds
    : { ...input.kinds, delete: true };
}

function neverTurnsBack(condition: ResolvedExpression, input: EdgeProperties): boolean {
  return staysTheSame(condition, input) || risesAbove(condition, input);
}

/** `count >= k`: true stays true. */
function risesAbove(condition: ResolvedExpression, { trends }: EdgeProperties): boolean {
  if (condition.kind !== "call" || condition.args.length !== 2) return false;
  const [left, right] = condition.args.map(withoutWidening);
  const isUpper = condition.name === "gt" || condition.name === "ge";
  const isLower = condition.name === "lt" || condition.name === "le";
  if (!isUpper && !isLower) return false;
  if (left.kind === "column" && isConstant(right)) return trends.get(left.index) === (isUpper ? "rising" : "falling");
  if (isConstant(left) && right.kind === "column") return trends.get(right.index) === (isUpper ? "falling" : "rising");
  return false;
}

function isConstant(expression: ResolvedExpression): boolean {
  return columnsIn(expression).size === 0 && isPure(expression);
}

/** Numbers compare the same before and after they are widened; as text they do not. */
function withoutWidening(side: ResolvedExpression): ResolvedExpression {
  return side.kind === "cast" && side.type.kind !== "utf8" && isLosslessCast(side.input.type, side.type)
    ? side.input
    : side;
}
