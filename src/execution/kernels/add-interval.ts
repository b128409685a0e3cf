import { civilFromDays, daysFromCivil, daysInMonth } from "../../types/civil.js";
import { type Interval, parseInterval } from "../../types/interval.js";
import { argumentValidity } from "./argument-validity.js";
import { constantText } from "./constant-argument.js";
import { wholeSeconds } from "./instant-values.js";
import { type InstantMap, mapInstants } from "./map-instants.js";
import { nullColumn } from "../../columnar/null-column.js";
import type { VectorKernel } from "./vector-kernel.js";

const DAY = 86_400_000_000n;
const SECONDS_PER_DAY = 86_400;
const civil = new Int32Array(3);

/** addInterval(time, "interval"): months on the UTC calendar (the last day of a shorter month), then days of 24 hours and the rest. */
export const addIntervalKernel: VectorKernel = (call) => {
  const { args, expression, length } = call;
  if (argumentValidity(args, length) === null) return nullColumn(expression.type, length);
  return mapInstants(call, 0, addition(parseInterval(constantText(expression, 1))));
};

function addition(interval: Interval): InstantMap {
  const delta = interval.micros + BigInt(interval.days) * DAY;
  const { months } = interval;
  if (months === 0) {
    const step = Number(delta);
    const near = Number.isSafeInteger(step) ? (micros: number) => micros + step : () => Number.NaN;
    return { near, far: (micros) => micros + delta };
  }
  const far = (micros: bigint): bigint => micros + BigInt(daysOfMonths(micros, months)) * DAY + delta;
  return { near: (micros) => nearMonths(micros, months, Number(delta)), far };
}

function nearMonths(micros: number, months: number, delta: number): number {
  const day = Math.floor(micros / Number(DAY));
  return micros + (shiftedDay(day, months) - day) * Number(DAY) + delta;
}

function daysOfMonths(micros: bigint, months: number): number {
  const day = Math.floor(wholeSeconds(micros) / SECONDS_PER_DAY);
  return shiftedDay(day, months) - day;
}

function shiftedDay(day: number, months: number): number {
  civilFromDays(day, civil);
  const index = civil[0] * 12 + civil[1] - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  return daysFromCivil(year, month, Math.min(civil[2], daysInMonth(year, month)));
}
