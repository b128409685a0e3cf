import type { Column } from "./column-expression.js";

/** Marks columns of every copy of this library that a process has loaded. */
export const COLUMN_MARK: unique symbol = Symbol.for("millrace.column");

export function isColumn(value: unknown): value is Column<unknown> {
  return typeof value === "object" && value !== null && COLUMN_MARK in value;
}
