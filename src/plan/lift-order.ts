import { expressionText } from "../expressions/format-expression.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Field } from "../types/data-type.js";
import type { AnalysedNode, AnalysedProject, ResolvedOrder } from "./analysed-node.js";
import { mapInputs } from "./map-inputs.js";
import { columnAt, sameExpression } from "./rewrite-expression.js";
import { uniqueName } from "./unique-name.js";

/** A plan without its sort, and the order as expressions over the plan's columns. */
export interface Lifted {
  /** The visible columns, then hidden ones that the order needs. */
  readonly node: AnalysedNode;
  readonly orders: readonly ResolvedOrder[];
}

/**
 * The order in which a plan's rows stand, through the projections and filters above the sort (or the top-N, which stays).
 * An order column that a projection drops is handed on as a hidden column. null when the rows stand in no order.
 */
export function liftOrder(node: AnalysedNode): Lifted | null {
  switch (node.kind) {
    case "sort":
      return { node: node.input, orders: node.orders };
    case "topN":
      return { node, orders: node.orders };
    case "filter": {
      const below = liftOrder(node.input);
      return below === null
        ? null
        : { node: { ...node, input: below.node, schema: below.node.schema }, orders: below.orders };
    }
    case "project": {
      const below = liftOrder(node.input);
      return below === null ? null : handOn(node, below);
    }
    default:
      return null;
  }
}

function handOn(project: AnalysedProject, below: Lifted): Lifted {
  const columns: ResolvedExpression[] = [...project.columns];
  const fields: Field[] = [...project.schema.fields];
  const orders = below.orders.map((order): ResolvedOrder => {
    const index = columns.findIndex((column) => sameExpression(column, order.expression));
    if (index >= 0) return { ...order, expression: columnAt(fields, index) };
    const { type, nullable } = order.expression;
    const name = uniqueName(
      expressionText(order.expression),
      fields.map((field) => field.name),
    );
    columns.push(order.expression);
    fields.push({ name, type, nullable });
    return { ...order, expression: columnAt(fields, fields.length - 1) };
  });
  return { node: { ...project, input: below.node, columns, schema: { fields } }, orders };
}

/** The same rows in no order. Sorts stand only below projections and filters, so the search ends at anything else. */
export function dropSorts(node: AnalysedNode): AnalysedNode {
  if (node.kind === "sort") return dropSorts(node.input);
  if (node.kind !== "project" && node.kind !== "filter") return node;
  return mapInputs(node, dropSorts);
}

/** The first `width` columns of a node. */
export function firstColumns(node: AnalysedNode, width: number): AnalysedNode {
  const fields = node.schema.fields.slice(0, width);
  if (fields.length === node.schema.fields.length) return node;
  return { kind: "project", input: node, columns: fields.map((_, i) => columnAt(fields, i)), schema: { fields } };
}
