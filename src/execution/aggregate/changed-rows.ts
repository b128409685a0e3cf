import type { Column } from "../../columnar/column.js";
import { equalAt } from "../../columnar/compare.js";

/** Pairs of rows: row before[i] of one set of columns and row i of another. */
export interface RowPairs {
  readonly before: readonly Column[];
  readonly after: readonly Column[];
  /** By row of `after`; -1 = it has no counterpart. */
  readonly beforeRow: Int32Array;
  readonly count: number;
}

/** 1 where a row of `after` differs from its counterpart or has none. */
export function changedRows({ before, after, beforeRow, count }: RowPairs): Uint8Array {
  const changed = new Uint8Array(count);
  for (let i = 0; i < count; i++) if (beforeRow[i] < 0) changed[i] = 1;
  if (before.length === 0) return changed;
  for (let c = 0; c < after.length; c++) markDifferences(before[c], after[c], { beforeRow, count, changed });
  return changed;
}

interface Marks {
  readonly beforeRow: Int32Array;
  readonly count: number;
  readonly changed: Uint8Array;
}

function markDifferences(before: Column, after: Column, marks: Marks): void {
  const hasNulls = before.validity !== null || after.validity !== null;
  if (!hasNulls && before.layout === "float64" && after.layout === "float64")
    markFloats(before.values, after.values, marks);
  else if (!hasNulls && before.layout === "int64" && after.layout === "int64")
    markIntegers(before.values, after.values, marks);
  else markOthers(before, after, marks);
}

function markFloats(before: Float64Array, after: Float64Array, { beforeRow, count, changed }: Marks): void {
  for (let i = 0; i < count; i++) {
    if (changed[i] === 1) continue;
    const old = before[beforeRow[i]];
    const now = after[i];
    if (old !== now && !(Number.isNaN(old) && Number.isNaN(now))) changed[i] = 1;
  }
}

function markIntegers(before: BigInt64Array, after: BigInt64Array, { beforeRow, count, changed }: Marks): void {
  for (let i = 0; i < count; i++) if (changed[i] === 0 && before[beforeRow[i]] !== after[i]) changed[i] = 1;
}

function markOthers(before: Column, after: Column, { beforeRow, count, changed }: Marks): void {
  for (let i = 0; i < count; i++) if (changed[i] === 0 && !equalAt(before, beforeRow[i], after, i)) changed[i] = 1;
}
