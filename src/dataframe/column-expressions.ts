import { AnalysisError } from "../common/millrace-error.js";
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

/** What select and groupBy take: a column, or the name of one. */
export function expressionOf(column: unknown): Expression {
  return typeof column === "string" ? columnPath(column) : columnExpression(column);
}

/** What filter and withColumn take: a column. Programs without types may pass anything, so it is checked. */
export function columnExpression(column: unknown): Expression {
  if (isColumn(column)) return column.expression;
  throw new AnalysisError("COLUMN_ARGUMENT", `${JSON.stringify(column) ?? String(column)} is not a column.`, {
    hint: "Use col(name) for a column of the frame, lit(value) for a constant.",
  });
}

/** What agg takes: columns, and records of columns under the names they will have. */
export function aggregateExpressions(aggregates: readonly unknown[]): Expression[] {
  return aggregates.flatMap((each) => (isRecord(each) ? namedExpressions(each) : [columnExpression(each)]));
}

function isRecord(argument: unknown): argument is ColumnRecord {
  return typeof argument === "object" && argument !== null && !isColumn(argument);
}

function namedExpressions(columns: ColumnRecord): Expression[] {
  return Object.entries(columns).map(([name, column]) => named(name, columnExpression(column)));
}

export function named(name: string, expression: Expression): Expression {
  return { kind: "alias", name, input: expression.kind === "alias" ? expression.input : expression };
}

/** The columns of a frame with some of them replaced in their place, and the others appended. */
export function replaceOrAppend(names: readonly string[], columns: ColumnRecord): Expression[] {
  const added = new Map(Object.entries(columns).map(([name, column]) => [name, named(name, columnExpression(column))]));
  const kept = names.map((name) => added.get(name) ?? columnNamed(name));
  const appended = [...added].filter(([name]) => !names.includes(name)).map(([, expression]) => expression);
  return [...kept, ...appended];
}

/** What orderBy takes: ascending unless the column says otherwise. */
export function sortOrder(column: unknown): SortOrder {
  if (isOrdered(column)) return { expression: column.expression, ...column.order };
  return { expression: expressionOf(column), descending: false, nullsFirst: true };
}

function isOrdered(column: unknown): column is OrderedColumn {
  return typeof column === "object" && column !== null && "order" in column;
}
