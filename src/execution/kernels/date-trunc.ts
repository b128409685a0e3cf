import { isDateTruncUnit, type DateTruncUnit } from "../../expressions/date-trunc-unit.js";
import { CalendarWindows } from "../../types/calendar-windows.js";
import { zoneRules } from "../../types/time-zone.js";
import { unreachable } from "../../common/unreachable.js";
import { constantArgument, constantText } from "./constant-argument.js";
import { MICROS_PER_SECOND, wholeSeconds } from "./instant-values.js";
import { type InstantMap, mapInstants } from "./map-instants.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import type { VectorKernel } from "./vector-kernel.js";

const MINUTE = 60 * MICROS_PER_SECOND;
const HOUR = 60 * MINUTE;

/** dateTrunc(unit, time, zone?): the instant at which the unit began, on the calendar and clock of the zone (UTC without one). */
export const dateTruncKernel: VectorKernel = (call) => {
  const { args, expression, length } = call;
  if (argumentValidity(args, length) === null) return nullColumn(expression.type, length);
  const unit = constantText(expression, 0);
  if (!isDateTruncUnit(unit)) throw new Error(`Broken invariant: analysis let the unit ${unit} pass`);
  const zone = constantArgument(expression, 2);
  return mapInstants(call, 1, truncation(unit, typeof zone === "string" ? zone : "UTC"));
};

function truncation(unit: DateTruncUnit, zone: string): InstantMap {
  switch (unit) {
    case "microsecond":
      return { near: (micros) => micros, far: (micros) => micros };
    case "millisecond":
      return fixedTruncation(1000);
    case "second":
      return fixedTruncation(MICROS_PER_SECOND);
    case "minute":
      return clockTruncation(MINUTE, zone);
    case "hour":
      return clockTruncation(HOUR, zone);
    case "day":
      return calendarTruncation(new CalendarWindows({ unit: "day", count: 1, zone }));
    case "week":
      return calendarTruncation(new CalendarWindows({ unit: "week", count: 1, zone }));
    case "month":
      return calendarTruncation(new CalendarWindows({ unit: "month", count: 1, zone }));
    case "quarter":
      return calendarTruncation(new CalendarWindows({ unit: "month", count: 3, zone }));
    case "year":
      return calendarTruncation(new CalendarWindows({ unit: "month", count: 12, zone }));
    default:
      return unreachable(unit);
  }
}

function fixedTruncation(size: number): InstantMap {
  const step = BigInt(size);
  return { near: (micros) => Math.floor(micros / size) * size, far: (micros) => floorTo(micros, step) };
}

function floorTo(micros: bigint, step: bigint): bigint {
  const rest = micros % step;
  return micros - (rest < 0n ? rest + step : rest);
}

/** Offsets of zones need not be whole hours or minutes, so the clock of the zone is cut. */
function clockTruncation(size: number, zone: string): InstantMap {
  if (zone === "UTC") return fixedTruncation(size);
  const rules = zoneRules(zone);
  const near = (micros: number): number => {
    const offset = rules.offsetMicros(micros);
    return Math.floor((micros + offset) / size) * size - offset;
  };
  return { near, far: throughSeconds(near) };
}

function calendarTruncation(windows: CalendarWindows): InstantMap {
  const near = (micros: number): number => windows.start(micros);
  return { near, far: throughSeconds(near) };
}

/** Whole seconds are exact doubles for 18000 years, and every unit from the minute up begins at one. */
function throughSeconds(near: (micros: number) => number): (micros: bigint) => bigint {
  return (micros) => BigInt(near(wholeSeconds(micros) * MICROS_PER_SECOND));
}
