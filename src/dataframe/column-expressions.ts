import type { AnyColumn } from "../expressions/column-argument.js";
import { columnPath } from "../expressions/column-path.js";
import type { ColumnReference, Expression } from "../expressions/expression.js";
import { isColumn } from "../expressions/is-column.js";
import type { OrderedColumn } from "../expressions/ordered-column.js";
import type { SortOrder } from "../plan/plan-node.js";
import type { ColumnRecord } from "./frame-columns.js";

/** A column taken by its exact name, whatever characters that holds. */
export function columnNamed(name: string): ColumnReference {
  return { kind: "column", name };
}

export function expressionOf(column: string | AnyColumn): Expression {
  return typeof column === "string" ? columnPath(column) : column.expression;
}

/** What agg takes: columns, and records of columns under the names they will have. */
export function aggregateExpressions(aggregates: readonly (AnyColumn | ColumnRecord)[]): Expression[] {
  return aggregates.flatMap((each) => (isColumn(each) ? [each.expression] : namedExpressions(each)));
}

function namedExpressions(columns: ColumnRecord): Expression[] {
  return Object.entries(columns).map(([name, column]) => named(name, column.expression));
}

export function named(name: string, expression: Expression): Expression {
  return { kind: "alias", name, input: expression.kind === "alias" ? expression.input : expression };
}

/** The columns of a frame with some of them replaced in their place, and the others appended. */
export function replaceOrAppend(names: readonly string[], columns: ColumnRecord): Expression[] {
  const added = new Map(Object.entries(columns));
  const kept = names.map((name) => {
    const column = added.get(name);
    return column === undefined ? columnNamed(name) : named(name, column.expression);
  });
  const appended = [...added].filter(([name]) => !names.includes(name)).map(([name, column]) => named(name, column.expression));
  return [...kept, ...appended];
}

/** What orderBy takes: ascending unless the column says otherwise. */
export function sortOrder(column: string | AnyColumn | OrderedColumn): SortOrder {
  if (typeof column === "object" && "order" in column) return { expression: column.expression, ...column.order };
  return { expression: expressionOf(column), descending: false, nullsFirst: true };
}
