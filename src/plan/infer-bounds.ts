import { unreachable } from "../common/unreachable.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { DataType } from "../types/data-type.js";
import type { AnalysedNode, AnalysedSessionAggregate, AnalysedWatermark, AnalysedWindow } from "./analysed-node.js";
import type { BoundExpression, ColumnPath } from "./bound-expression.js";
import { boundOf, columnZero, text, UTC_TIMESTAMP } from "./bound-of.js";
import { filterBounds } from "./filter-bounds.js";
import { keepsFirstRow } from "./keeps-first-row.js";
import { type EdgeProperties, isInsertOnly } from "./properties.js";
import { sameBound } from "./same-bound.js";

type Bounds = EdgeProperties["bounds"];
const NONE: Bounds = new Map();

/** Bounds of the edge above a node (incremental.md 5.3). */
export function inferBounds(node: AnalysedNode, inputs: readonly EdgeProperties[]): Bounds {
  switch (node.kind) {
    case "scan":
    case "topN":
      return NONE;
    case "lateFilter":
    case "sort":
    case "explode":
      return inputs[0].bounds;
    case "watermark":
      return watermarkBounds(node);
    case "project":
      return expressionBounds(node.columns, inputs[0].bounds);
    case "filter":
      return filterBounds(node.condition, inputs[0].bounds);
    case "window":
      return windowBounds(node, inputs[0].bounds);
    case "aggregate":
      return expressionBounds(node.keys, inputs[0].bounds);
    case "sessionAggregate":
      return sessionBounds(node, inputs[0].bounds);
    case "dropDuplicates":
      return firstRowBounds(node, inputs[0]);
    case "limit":
      return node.byArrival && isInsertOnly(inputs[0]) ? inputs[0].bounds : NONE;
    case "union":
      return unionBounds(inputs.map(({ bounds }) => bounds));
    default:
      return unreachable(node);
  }
}

/** late: 'never' promises nothing. A date counts as its midnight: the first day that begins at or after the watermark bounds it. */
function watermarkBounds({ late, index, watermarkId, schema }: AnalysedWatermark): Bounds {
  if (late === "never") return NONE;
  const watermark: BoundExpression = { kind: "watermark", watermarkId };
  const { type } = schema.fields[index];
  const bound: BoundExpression =
    type.kind === "date" ? { kind: "apply", expression: nextMidnight(type), input: watermark } : watermark;
  return new Map<ColumnPath, BoundExpression>([[`${index}`, bound]]);
}

function nextMidnight(type: DataType): ResolvedExpression {
  const args = [columnZero("watermark", UTC_TIMESTAMP), text("86399999999 microseconds")];
  const shifted: ResolvedExpression = { kind: "call", name: "addInterval", args, type: UTC_TIMESTAMP, nullable: false };
  return { kind: "cast", input: shifted, type, safe: false, nullable: false };
}

/** Bounds of expressions as the columns 0, 1, …; structs that are handed on or built keep those of their members. */
function expressionBounds(columns: readonly ResolvedExpression[], bounds: Bounds): Bounds {
  const found = new Map<ColumnPath, BoundExpression>();
  for (const [i, column] of columns.entries()) {
    const bound = boundOf(column, bounds);
    if (bound !== null) found.set(`${i}`, bound);
    if (column.type.kind === "struct") addMembers(found, i, membersOf(column, bounds));
  }
  return found;
}

function addMembers(
  found: Map<ColumnPath, BoundExpression>,
  column: number,
  members: readonly (BoundExpression | null)[],
): void {
  for (const [member, bound] of members.entries()) if (bound !== null) found.set(`${column}.${member}`, bound);
}

function membersOf(struct: ResolvedExpression, bounds: Bounds): readonly (BoundExpression | null)[] {
  if (struct.type.kind !== "struct") return [];
  if (struct.kind === "call" && struct.name === "struct") {
    return struct.type.fields.map((_, member) => boundOf(struct.args[2 * member + 1], bounds));
  }
  if (struct.kind !== "column") return [];
  return struct.type.fields.map((_, member) => bounds.get(`${struct.index}.${member}`) ?? null);
}

function windowBounds(node: AnalysedWindow, bounds: Bounds): Bounds {
  const time = boundOf(node.time, bounds);
  if (time === null) return bounds;
  const column = node.schema.fields.length - 1;
  const { shape } = node;
  return new Map<ColumnPath, BoundExpression>([
    ...bounds,
    [`${column}.0`, { kind: "windowStart", shape, input: time }],
    [`${column}.1`, { kind: "windowEnd", shape, input: time }],
  ]);
}

/** Every session that a later row can still touch ends at or after that row; its start may lie anywhere. */
function sessionBounds(node: AnalysedSessionAggregate, bounds: Bounds): Bounds {
  const found = new Map<ColumnPath, BoundExpression>();
  for (const [path, bound] of expressionBounds(node.keys, bounds))
    found.set(shiftPath(path, node.sessionPosition), bound);
  const time = boundOf(node.time, bounds);
  if (time !== null) found.set(`${node.sessionPosition}.1`, time);
  return found;
}

function shiftPath(path: ColumnPath, from: number): ColumnPath {
  const [column, member] = path.split(".");
  const shifted = Number(column) < from ? Number(column) : Number(column) + 1;
  return member === undefined ? `${shifted}` : `${shifted}.${Number(member)}`;
}

/** Where a kept row can be replaced later, only its key columns are as new as the row that replaces it. */
function firstRowBounds(node: Extract<AnalysedNode, { kind: "dropDuplicates" }>, input: EdgeProperties): Bounds {
  if (keepsFirstRow(node, input)) return input.bounds;
  return new Map([...input.bounds].filter(([path]) => node.keys.includes(Number.parseInt(path, 10))));
}

function unionBounds(inputs: readonly Bounds[]): Bounds {
  const found = new Map<ColumnPath, BoundExpression>();
  for (const path of inputs[0].keys()) {
    const bounds = inputs.flatMap((input) => input.get(path) ?? []);
    if (bounds.length === inputs.length) found.set(path, least(bounds));
  }
  return found;
}

function least(bounds: readonly BoundExpression[]): BoundExpression {
  const different = bounds.filter((bound, i) => bounds.findIndex((other) => sameBound(other, bound)) === i);
  return different.length === 1 ? different[0] : { kind: "min", inputs: different };
}
