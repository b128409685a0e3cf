import { unreachable } from "../../common/unreachable.js";
import { type DateTruncUnit, isDateTruncUnit } from "../../expressions/date-trunc-unit.js";
import { type CalendarWindowShape, CalendarWindows } from "../../types/calendar-windows.js";
import { zoneRules } from "../../types/time-zone.js";
import { constantText } from "./constant-argument.js";
import { floorDivide } from "./floor-divide.js";
import { MICROS_PER_SECOND } from "./instant-parts.js";
import type { KernelCall } from "./kernel.js";
import { mapKernel, type UnaryMap } from "./unary-map.js";

/** The instant at which the unit began, in UTC or on the wall clock of a zone. NULL keeps its place; a result is never after its input. */
export const dateTrunc = mapKernel(1, ({ constants }: KernelCall) => {
  const unit = constantText(constants[0]);
  if (!isDateTruncUnit(unit)) throw new Error(`Broken invariant: ${unit} is no unit of dateTrunc`);
  return truncation(unit, constants.length > 2 ? constantText(constants[2]) : "UTC");
});

function truncation(unit: DateTruncUnit, zone: string): UnaryMap {
  switch (unit) {
    case "microsecond":
      return { narrow: (micros) => micros, wide: (micros) => micros };
    case "millisecond":
      return toMultiple(1_000);
    case "second":
      return toMultiple(1_000_000);
    case "minute":
      return onWallClock(60_000_000, zone);
    case "hour":
      return onWallClock(3_600_000_000, zone);
    case "day":
      return toWindow({ unit: "day", count: 1, zone });
    case "week":
      return toWindow({ unit: "week", count: 1, zone });
    case "month":
      return toWindow({ unit: "month", count: 1, zone });
    case "quarter":
      return toWindow({ unit: "month", count: 3, zone });
    case "year":
      return toWindow({ unit: "month", count: 12, zone });
    default:
      return unreachable(unit);
  }
}

function toMultiple(size: number): UnaryMap {
  const big = BigInt(size);
  return {
    narrow: (micros) => Math.floor(micros / size) * size,
    wide: (micros) => floorDivide(micros, big) * big,
  };
}

/**
 * Hours and minutes begin where the wall clock shows a whole one. Where clocks change within a unit the cut stays on
 * the offset in force at the instant, so that both passes of a repeated hour have their own beginning.
 */
function onWallClock(size: number, zone: string): UnaryMap {
  if (zone === "UTC") return toMultiple(size);
  const rules = zoneRules(zone);
  const big = BigInt(size);
  return {
    narrow: (micros) => {
      const offset = rules.offsetMicros(micros);
      return Math.floor((micros + offset) / size) * size - offset;
    },
    wide: (micros) => {
      const offset = BigInt(rules.offsetMicros(Number(micros)));
      return floorDivide(micros + offset, big) * big - offset;
    },
  };
}

/** Starts are whole seconds, which numbers hold to the year 20000. Far instants that they do not hold are rounded, perhaps into the next window. */
function toWindow(shape: CalendarWindowShape): UnaryMap {
  const windows = new CalendarWindows(shape);
  return {
    narrow: (micros) => windows.start(micros),
    wide: (micros) => {
      const start = windows.start(Number(micros));
      return BigInt(start) > micros ? windows.start(start - MICROS_PER_SECOND) : start;
    },
  };
}
