import type { Column } from "../../columnar/column.js";
import type { ColumnPath } from "../../plan/bound-expression.js";

/** Ordinals of a path: the column, then the member of a struct column (-1 = the column itself). */
export interface PathSteps {
  readonly column: number;
  readonly member: number;
}

export function pathSteps(path: ColumnPath): PathSteps {
  const [column, member] = path.split(".");
  return { column: Number(column), member: member === undefined ? -1 : Number(member) };
}

/** The value by which a row ends, in the column's own unit; null = it has none. Bounds live on integers, dates and timestamps. */
export function boundedValue(columns: readonly Column[], steps: PathSteps, row: number): bigint | null {
  const column = columns[steps.column];
  if (isNullAt(column, row)) return null;
  if (steps.member < 0) return integerAt(column, row);
  if (column.layout !== "struct") throw new Error(`Broken invariant: path ${steps.column}.${steps.member} into layout ${column.layout}`);
  const member = column.children[steps.member];
  return isNullAt(member, row) ? null : integerAt(member, row);
}

function isNullAt(column: Column, row: number): boolean {
  return column.layout === "null" || (column.validity !== null && column.validity[row] === 0);
}

function integerAt(column: Column, row: number): bigint {
  if (column.layout === "int64") return column.values[row];
  if (column.layout === "int32") return BigInt(column.values[row]);
  throw new Error(`Broken invariant: a bound on layout ${column.layout}`);
}
