import { AnalysisError } from "../common/millrace-error.js";
import { checkZone } from "../types/time-zone.js";
import type { CalendarWindow } from "./expression.js";

const UNIT = /^\s*(?:interval\s+)?(\d+)\s*(day|week|month|quarter|year)s?\s*$/i;

/** Calendar units, and how many of a CalendarWindow's unit each has. */
const UNITS: ReadonlyMap<string, readonly [unit: CalendarWindow["unit"], count: number]> = new Map([
  ["day", ["day", 1]],
  ["week", ["week", 1]],
  ["month", ["month", 1]],
  ["quarter", ["month", 3]],
  ["year", ["month", 12]],
]);

/** The calendar window that a size means, or null where it is a fixed length: days and weeks are one without a zone. */
export function calendarWindow(size: string, zone: string | null): CalendarWindow | null {
  const match = UNIT.exec(size);
  const unit = match === null ? undefined : UNITS.get(match[2].toLowerCase());
  if (match === null || unit === undefined) return null;
  if (zone === null && unit[0] !== "month") return null;
  if (zone !== null) checkZone(zone);
  const count = Number(match[1]) * unit[1];
  if (count === 0) throw new AnalysisError("WINDOW_SIZE", "The size of a window must be positive.");
  return Object.freeze({ unit: unit[0], count, zone: zone ?? "UTC" });
}
