import { allocateInt32 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";

/** The rows to compute, ascending: the first `count` entries of `sel`, or rows 0..count-1 when `sel` is null. */
export interface Rows {
  readonly sel: Int32Array | null;
  readonly count: number;
}

export const NO_ROWS: Rows = Object.freeze({ sel: null, count: 0 });

export function oneRow(row: number): Rows {
  return { sel: Int32Array.of(row), count: 1 };
}

/** Those of the rows that are not NULL in `validity`. */
export function validRows(rows: Rows, validity: Uint8Array | null): Rows {
  if (validity === null) return rows;
  const { sel, count } = rows;
  const kept = allocateInt32(count);
  let to = 0;
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    kept[to] = row;
    to += validity[row];
  }
  return to === count ? rows : { sel: kept, count: to };
}

/** Those of the rows that are NULL in the column. */
export function nullRows(rows: Rows, { layout, validity }: Column): Rows {
  if (layout === "null") return rows;
  return validity === null ? NO_ROWS : withoutRows(rows, validRows(rows, validity));
}

/** Those of the rows for which a boolean column is TRUE. */
export function trueRows(rows: Rows, column: Column): Rows {
  if (column.layout === "null") return NO_ROWS;
  if (column.layout !== "bool") throw new Error(`Broken invariant: a condition of layout ${column.layout}`);
  const { values, validity } = column;
  const { sel, count } = rows;
  const kept = allocateInt32(count);
  let to = 0;
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    kept[to] = row;
    to += validity === null ? values[row] : values[row] & validity[row];
  }
  return to === count ? rows : { sel: kept, count: to };
}

/** The rows that are not among `removed`, which must be a part of them. */
export function withoutRows(rows: Rows, removed: Rows): Rows {
  if (removed.count === 0) return rows;
  if (removed.count === rows.count) return NO_ROWS;
  const kept = allocateInt32(rows.count - removed.count);
  let at = 0;
  let to = 0;
  for (let j = 0; j < rows.count; j++) {
    const row = rowAt(rows, j);
    if (at < removed.count && rowAt(removed, at) === row) at++;
    else kept[to++] = row;
  }
  return { sel: kept, count: to };
}

export function rowAt({ sel }: Rows, j: number): number {
  return sel === null ? j : sel[j];
}
