import { int32Halves } from "../../columnar/buffers.js";
import type { Column, Int32Column, Int64Column } from "../../columnar/column.js";
import { scaledOf } from "../../columnar/scaled-column.js";
import type { EventTimeStatistics } from "../watermark-tracker.js";

export const MICROS_PER_DAY = 86_400_000_000n;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const NOTHING: EventTimeStatistics = { count: 0, min: 0n, max: 0n, sum: 0n };

/** The first `count` rows of `sel`, or of the column. */
export interface Selection {
  readonly sel: Int32Array | null;
  readonly count: number;
}

/** How many event times the selected rows have, and the least, the greatest and the sum, in microseconds; a date counts as its midnight. */
export function eventTimesOf(column: Column, selection: Selection): EventTimeStatistics {
  switch (column.layout) {
    case "int64":
      return instantsOf(column, selection);
    case "int32":
      return datesOf(column, selection);
    case "null":
      return NOTHING;
    default:
      throw new Error(`Broken invariant: event times of layout ${column.layout}`);
  }
}

/** High halves in [-this, this): |time| <= 2^52, which doubles hold exactly. */
const NARROW_HIGH = 0x10_0000;
const NARROW_TIME = 2 ** 52;
/** A constant of its own: V8 (Node 20) leaves optimised code for good where a loop is followed by the negation of one. */
const LEAST_NARROW_TIME = -(2 ** 52);
const TWO_32 = 0x1_0000_0000;

function instantsOf(column: Int64Column, selection: Selection): EventTimeStatistics {
  if (selection.count === 0) return NOTHING;
  const scaled = scaledOf(column);
  const inSource = scaled === null ? null : closeInstantsOf(scaled.source, selection);
  if (scaled !== null && inSource !== null) return multiplied(inSource, BigInt(scaled.factor));
  const close = column.validity === null ? closeInstantsOf(column.values, selection) : null;
  return close ?? anyInstantsOf(column, selection);
}

function multiplied({ count, min, max, sum }: EventTimeStatistics, factor: bigint): EventTimeStatistics {
  return { count, min: min * factor, max: max * factor, sum: sum * factor };
}

/**
 * The common case, a few instructions per row: no NULLs, times that doubles hold exactly, and so close together that the
 * sum of their distances from the first is exact too. null = it is not that case, and the numbers mean nothing.
 */
function closeInstantsOf(values: BigInt64Array, { sel, count }: Selection): EventTimeStatistics | null {
  const halves = int32Halves(values);
  const first = sel === null ? 0 : 2 * sel[0];
  const base = halves[first + 1] * TWO_32 + (halves[first] >>> 0);
  let min = base;
  let max = base;
  let distances = 0;
  for (let i = 0; i < count; i++) {
    const at = 2 * (sel === null ? i : sel[i]);
    const time = halves[at + 1] * TWO_32 + (halves[at] >>> 0);
    if (time < min) min = time;
    else if (time > max) max = time;
    distances += time - base;
  }
  // A time that was rounded is at least 2^53, and so is the greatest then (or the least at most its negative).
  if (min <= LEAST_NARROW_TIME || max >= NARROW_TIME || (max - min) * count >= Number.MAX_SAFE_INTEGER) return null;
  return { count, min: BigInt(min), max: BigInt(max), sum: BigInt(base) * BigInt(count) + BigInt(distances) };
}

/** 64-bit values as halves: no bigint is made per row. Sums of halves are exact doubles; least and greatest are while times are narrow. */
function anyInstantsOf({ values, validity }: Int64Column, selection: Selection): EventTimeStatistics {
  const { sel, count: rows } = selection;
  const halves = int32Halves(values);
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sumHigh = 0;
  let sumLow = 0;
  let highs = 0;
  for (let i = 0; i < rows; i++) {
    const row = sel === null ? i : sel[i];
    if (validity !== null && validity[row] === 0) continue;
    const low = halves[2 * row] >>> 0;
    const high = halves[2 * row + 1];
    const time = high * TWO_32 + low;
    if (time < min) min = time;
    if (time > max) max = time;
    sumHigh += high;
    sumLow += low;
    // high, or its complement when it is negative.
    highs |= high ^ (high >> 31);
    count++;
  }
  if (count === 0) return NOTHING;
  const sum = BigInt(sumHigh) * 0x1_0000_0000n + BigInt(sumLow);
  const isNarrow = highs < NARROW_HIGH;
  const ends = isNarrow ? { min: BigInt(min), max: BigInt(max) } : wideEnds(values, validity, selection);
  return { count, ...ends, sum };
}

/** At least one selected row has a time. */
function wideEnds(
  values: BigInt64Array,
  validity: Uint8Array | null,
  { sel, count }: Selection,
): { min: bigint; max: bigint } {
  let min = MAX_INT64;
  let max = MIN_INT64;
  for (let i = 0; i < count; i++) {
    const row = sel === null ? i : sel[i];
    if (validity !== null && validity[row] === 0) continue;
    if (values[row] < min) min = values[row];
    if (values[row] > max) max = values[row];
  }
  return { min, max };
}

function datesOf({ values, validity }: Int32Column, { sel, count: rows }: Selection): EventTimeStatistics {
  let count = 0;
  let min = 0;
  let max = 0;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const row = sel === null ? i : sel[i];
    if (validity !== null && validity[row] === 0) continue;
    const day = values[row];
    if (count === 0 || day < min) min = day;
    if (count === 0 || day > max) max = day;
    sum += day;
    count++;
  }
  if (count === 0) return NOTHING;
  return {
    count,
    min: BigInt(min) * MICROS_PER_DAY,
    max: BigInt(max) * MICROS_PER_DAY,
    sum: BigInt(sum) * MICROS_PER_DAY,
  };
}
