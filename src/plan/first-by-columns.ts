import type { ResolvedCall, ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Field, StructType } from "../types/data-type.js";
import type { AnalysedAggregate, AnalysedNode, AnalysedSessionAggregate, ResolvedAggregate } from "./analysed-node.js";
import { text } from "./bound-of.js";
import { inferProperties } from "./infer-properties.js";
import { columnAt } from "./rewrite-expression.js";

/**
 * first and last of rows that have no arrival order go by the order of all columns: the value in the least (greatest)
 * row. That is a member of the least struct of all columns, which any input can be asked for, retracting ones too.
 */
export function firstByColumns(node: AnalysedAggregate | AnalysedSessionAggregate): AnalysedNode {
  if (!node.aggregates.some(goesByOrder) || inferProperties(node.input).hasArrivalOrder) return node;
  const rows = node.input.schema.fields;
  const aggregates = node.aggregates.map((aggregate) =>
    goesByOrder(aggregate) ? extremeRow(aggregate, rows) : aggregate,
  );
  const groups = node.schema.fields.length - aggregates.length;
  const results = aggregates.map(({ outputName: name, type, nullable }): Field => ({ name, type, nullable }));
  const fields = [...node.schema.fields.slice(0, groups), ...results];
  const below: AnalysedNode = { ...node, aggregates, schema: { fields } };
  const columns = fields.map((_, i) => {
    const column = columnAt(fields, i);
    return i >= groups && goesByOrder(node.aggregates[i - groups]) ? lastMember(column) : column;
  });
  return { kind: "project", input: below, columns, schema: node.schema };
}

function goesByOrder({ name }: ResolvedAggregate): boolean {
  return name === "first" || name === "last";
}

/** NULL is no value, so rows without one do not count. */
function extremeRow(
  { name, args: [value], where, ...rest }: ResolvedAggregate,
  rows: readonly Field[],
): ResolvedAggregate {
  const members = [...rows.map((_, i) => columnAt(rows, i)), value];
  const row = structOf(members);
  const hasValue: ResolvedCall = {
    kind: "call",
    name: "isNotNull",
    args: [value],
    type: { kind: "bool" },
    nullable: false,
  };
  const kept: ResolvedExpression =
    where === null
      ? hasValue
      : { kind: "call", name: "and", args: [hasValue, where], type: { kind: "bool" }, nullable: where.nullable };
  return { ...rest, name: name === "first" ? "min" : "max", args: [row], where: kept, type: row.type, nullable: true };
}

/** A struct with members "0", "1", …: compared, it orders rows by all of them. */
export function structOf(members: readonly ResolvedExpression[]): ResolvedCall {
  const fields = members.map(({ type, nullable }, i): Field => ({ name: `${i}`, type, nullable }));
  const args = members.flatMap((member, i) => [text(`${i}`), member]);
  return { kind: "call", name: "struct", args, type: { kind: "struct", fields }, nullable: false };
}

function lastMember(column: ResolvedExpression): ResolvedExpression {
  const { fields } = column.type as StructType;
  const index = fields.length - 1;
  return { kind: "field", input: column, index, name: fields[index].name, type: fields[index].type, nullable: true };
}
