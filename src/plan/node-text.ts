import { unreachable } from "../common/unreachable.js";
import { expressionText } from "../expressions/format-expression.js";
import { formatMicros } from "../expressions/format-micros.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Schema } from "../types/data-type.js";
import type { AnalysedNode, LateTest, ResolvedAggregate, ResolvedOrder, WindowShape } from "./analysed-node.js";
import { boundText } from "./bound-text.js";
import type { StatefulNode } from "./map-inputs.js";

/** One node in one line. */
export function nodeText(node: AnalysedNode): string {
  switch (node.kind) {
    case "scan":
      return `scan ${node.source.label}${calledText(node.source)} [${node.schema.fields.map((field) => field.name).join(", ")}]`;
    case "project":
      return `project [${namedList(node.columns, node.schema)}]`;
    case "filter":
      return `filter ${expressionText(node.condition)}`;
    case "explode":
      return `${node.outer ? "explodeOuter" : "explode"} ${expressionText(node.list)} AS ${lastName(node.schema)}`;
    case "window":
      return `window ${expressionText(node.time)} ${shapeText(node.shape)} AS ${lastName(node.schema)}`;
    case "watermark":
      return `withWatermark ${node.schema.fields[node.index].name} delay ${formatMicros(node.delay)}${node.late === "operator" ? "" : ` late ${node.late}`} = W${node.watermarkId}`;
    case "lateFilter":
      return `lateFilter ${node.tests.map(testText).join(" or ")} for ${node.operatorName}`;
    case "aggregate":
      return `${operatorText(node)} keys [${namedList(node.keys, node.schema)}] aggregates [${node.aggregates.map(aggregateText).join(", ")}]`;
    case "sessionAggregate": {
      const keys = node.keys.map(expressionText).join(", ");
      return `${operatorText(node)} keys [${keys}] session ${expressionText(node.time)} gap ${gapText(node.gap)} aggregates [${node.aggregates.map(aggregateText).join(", ")}]`;
    }
    case "dropDuplicates":
      return operatorText(node);
    case "topN":
      return `${operatorText(node)} by [${node.orders.map(orderText).join(", ")}]`;
    case "limit":
      return `${operatorText(node)} ${node.byArrival ? "by arrival" : "by all columns"}`;
    case "sort":
      return `sort [${node.orders.map(orderText).join(", ")}]`;
    case "union":
      return "union";
    default:
      return unreachable(node);
  }
}

function operatorText(node: StatefulNode): string {
  return node.operatorName + calledText(node);
}

/** The user's name, where there is one. */
function calledText({ name }: { readonly name?: string }): string {
  return name === undefined ? "" : ` "${name}"`;
}

function namedList(columns: readonly ResolvedExpression[], { fields }: Schema): string {
  return columns.map((column, i) => named(column, fields[i].name)).join(", ");
}

function named(expression: ResolvedExpression, name: string): string {
  const text = expressionText(expression);
  return text === name ? text : `${text} AS ${name}`;
}

function lastName({ fields }: Schema): string {
  return fields[fields.length - 1].name;
}

export function shapeText({ size, slide, offset, calendar }: WindowShape): string {
  if (calendar !== null) return `${calendar.count} ${calendar.unit} in ${calendar.zone}`;
  const slides = slide === size ? "" : ` every ${formatMicros(slide)}`;
  return `${formatMicros(size)}${slides}${offset === 0n ? "" : ` from ${formatMicros(offset)}`}`;
}

export function gapText(gap: ResolvedExpression): string {
  return gap.kind === "literal" && typeof gap.value === "bigint" ? formatMicros(gap.value) : expressionText(gap);
}

function testText({ value, bound }: LateTest): string {
  return `${expressionText(value)} < ${boundText(bound)}`;
}

function aggregateText({ name, functionId, args, where, outputName }: ResolvedAggregate): string {
  const call = `${functionId ?? name}(${args.map(expressionText).join(", ")})`;
  const filter = where === null ? "" : ` FILTER (WHERE ${expressionText(where)})`;
  return call + filter === outputName ? outputName : `${call}${filter} AS ${outputName}`;
}

export function orderText({ expression, descending, nullsFirst }: ResolvedOrder): string {
  const nulls = nullsFirst === descending ? ` NULLS ${nullsFirst ? "FIRST" : "LAST"}` : "";
  return `${expressionText(expression)}${descending ? " DESC" : ""}${nulls}`;
}
