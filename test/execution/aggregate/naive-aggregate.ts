import type { AggregateSpec, Row } from "./aggregate-harness.js";

/** Aggregates row by row, for clarity only. Rows carry positive weights. */
export function naiveAggregate(spec: AggregateSpec, rows: readonly Row[], isRetracting: boolean): unknown {
  const chosen = rows
    .filter((row) => spec.where !== true || row.flag === true)
    .flatMap((row) => Array<Row>(row.weight).fill(row));
  if (spec.name === "count" && spec.arg === undefined) return chosen.length;
  const values = chosen
    .map((row) => row[spec.arg as "int" | "float" | "text" | "at"])
    .filter((value) => value !== null);
  if (spec.name === "count") return values.length;
  if (spec.name === "countDistinct") return new Set(values).size;
  if (spec.name === "user") return values.reduce<number>((sum, value) => sum + Number(value) ** 2, 0);
  if (values.length === 0) return null;
  const numbers = values as number[];
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const total = numbers.reduce((sum, value) => sum + value, 0);
  switch (spec.name) {
    case "sum":
      return total;
    case "avg":
      return total / values.length;
    case "min":
      return sorted[0];
    case "max":
      return sorted[sorted.length - 1];
    case "first":
      return isRetracting ? sorted[0] : values[0];
    case "last":
      return isRetracting ? sorted[sorted.length - 1] : values[values.length - 1];
    default:
      throw new Error(spec.name);
  }
}
