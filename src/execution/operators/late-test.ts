import { int32Halves } from "../../columnar/buffers.js";
import type { RowBounds } from "../../columnar/chunk.js";
import type { Column, Int32Column, Int64Column } from "../../columnar/column.js";
import { isNullAt } from "../../columnar/compare.js";
import { END_OF_TIME } from "../../plan/bound-expression.js";
import type { Selection } from "./event-times.js";

/** One verdict per physical row: 0 = in time, else 1 + ordinal of the first test that found it late. */
export interface LateMarks {
  readonly verdict: Uint8Array;
  readonly mark: number;
}

/** How many selected rows have a value below the bound. NULL is never late. */
export function countBelow(column: Column, bound: bigint, selection: Selection): number {
  switch (column.layout) {
    case "int64":
      return countInstantsBelow(column, bound, selection);
    case "int32":
      return countNumbersBelow(column, Number(bound), selection);
    case "null":
      return 0;
    default:
      throw new Error(`Broken invariant: a late test of layout ${column.layout}`);
  }
}

/** Values and bound as halves of 64 bits: no bigint is made per row. */
function countInstantsBelow(column: Int64Column, bound: bigint, { sel, count }: Selection): number {
  if (column.least !== undefined && column.least >= bound) return 0;
  const { values, validity, nullCount } = column;
  if (bound >= END_OF_TIME) return countPresent(validity, { sel, count });
  const halves = int32Halves(values);
  const boundHigh = Number(bound >> 32n);
  const boundLow = Number(bound & 0xffff_ffffn);
  let below = 0;
  for (let i = 0; i < count; i++) {
    const row = sel === null ? i : sel[i];
    const high = halves[2 * row + 1];
    if (high > boundHigh || (high === boundHigh && halves[2 * row] >>> 0 >= boundLow)) continue;
    if (nullCount === 0 || validity === null || validity[row] === 1) below++;
  }
  return below;
}

function countNumbersBelow({ values, validity }: Int32Column, bound: number, { sel, count }: Selection): number {
  let below = 0;
  for (let i = 0; i < count; i++) {
    const row = sel === null ? i : sel[i];
    if (values[row] < bound && (validity === null || validity[row] === 1)) below++;
  }
  return below;
}

function countPresent(validity: Uint8Array | null, { sel, count }: Selection): number {
  if (validity === null) return count;
  let present = 0;
  for (let i = 0; i < count; i++) present += validity[sel === null ? i : sel[i]];
  return present;
}

/** Marks the selected rows that have no mark yet and a value below the bound. */
export function markBelow(column: Column, bound: bigint, task: Selection & LateMarks): void {
  const { sel, count, verdict, mark } = task;
  for (let i = 0; i < count; i++) {
    const row = sel === null ? i : sel[i];
    if (verdict[row] !== 0) continue;
    const value = integerAt(column, row);
    if (value !== null && value < bound) verdict[row] = mark;
  }
}

/** As markBelow, with the bound that the rows before each row have moved; `boundAt` turns a watermark into the test's bound. */
export function markBelowMoving(
  column: Column,
  task: Selection & LateMarks & { rowBounds: RowBounds; boundAt: (watermark: bigint) => bigint },
): void {
  const { sel, count, verdict, mark, boundAt } = task;
  const { bounds } = task.rowBounds;
  let watermark: bigint | null = null;
  let bound = 0n;
  for (let i = 0; i < count; i++) {
    const row = sel === null ? i : sel[i];
    if (verdict[row] !== 0) continue;
    if (watermark === null || bounds[row] !== watermark) {
      watermark = bounds[row];
      bound = boundAt(watermark);
    }
    const value = integerAt(column, row);
    if (value !== null && value < bound) verdict[row] = mark;
  }
}

/** The value of a bounded column: microseconds, days or an integer; null = NULL. */
export function integerAt(column: Column, row: number): bigint | null {
  if (isNullAt(column, row)) return null;
  if (column.layout === "int64") return column.values[row];
  if (column.layout === "int32") return BigInt(column.values[row]);
  throw new Error(`Broken invariant: a late test of layout ${column.layout}`);
}
