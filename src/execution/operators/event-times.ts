import { int32Halves } from "../../columnar/buffers.js";
import type { Column, Int32Column, Int64Column } from "../../columnar/column.js";
import type { EventTimeStatistics } from "../watermark-tracker.js";

export const MICROS_PER_DAY = 86_400_000_000n;
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

/** 64-bit values as halves: their sums are exact doubles, and no bigint is made per row. */
function instantsOf({ values, validity }: Int64Column, { sel, count: rows }: Selection): EventTimeStatistics {
  const halves = int32Halves(values);
  let count = 0;
  let [minHigh, minLow, maxHigh, maxLow] = [0, 0, 0, 0];
  let sumHigh = 0;
  let sumLow = 0;
  for (let i = 0; i < rows; i++) {
    const row = sel === null ? i : sel[i];
    if (validity !== null && validity[row] === 0) continue;
    const low = halves[2 * row] >>> 0;
    const high = halves[2 * row + 1];
    if (count === 0 || high < minHigh || (high === minHigh && low < minLow)) {
      minHigh = high;
      minLow = low;
    }
    if (count === 0 || high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxHigh = high;
      maxLow = low;
    }
    sumHigh += high;
    sumLow += low;
    count++;
  }
  if (count === 0) return NOTHING;
  return { count, min: joined(minHigh, minLow), max: joined(maxHigh, maxLow), sum: joined(sumHigh, sumLow) };
}

function joined(high: number, low: number): bigint {
  return BigInt(high) * 0x1_0000_0000n + BigInt(low);
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
  return { count, min: BigInt(min) * MICROS_PER_DAY, max: BigInt(max) * MICROS_PER_DAY, sum: BigInt(sum) * MICROS_PER_DAY };
}
