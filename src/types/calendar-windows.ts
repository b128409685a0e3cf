import { civilFromDays, daysFromCivil } from "./civil.js";
import { type ZoneRules, zoneRules } from "./time-zone.js";

/** Windows of `count` calendar units, cut at local midnight of `zone`; a year is 12 months. */
export interface CalendarWindowShape {
  readonly unit: "day" | "week" | "month";
  readonly count: number;
  readonly zone: string;
}

const MICROS_PER_DAY = 86_400_000_000;
/** 1970-01-05, the first Monday. */
const FIRST_MONDAY = 4;

/**
 * Cuts time into calendar windows: half-open, without gap or overlap, every instant in exactly one.
 * Counted from 1970-01-01 (weeks from Monday 1970-01-05), so that windows of one shape agree everywhere.
 * A day whose midnight is skipped begins at its first instant; a midnight that occurs twice begins it the first time.
 */
export class CalendarWindows {
  readonly #shape: CalendarWindowShape;
  readonly #rules: ZoneRules;
  readonly #civil = new Int32Array(3);
  // The window that answered last; rows in order of time mostly fall into it.
  #from = 0;
  #to = 0;

  constructor(shape: CalendarWindowShape) {
    this.#shape = shape;
    this.#rules = zoneRules(shape.zone);
  }

  /** The start of the window that holds this instant. */
  start(utcMicros: number): number {
    if (utcMicros < this.#from || utcMicros >= this.#to) this.#find(utcMicros);
    return this.#from;
  }

  /** The end of the window that holds this instant: the start of the next. */
  end(utcMicros: number): number {
    if (utcMicros < this.#from || utcMicros >= this.#to) this.#find(utcMicros);
    return this.#to;
  }

  #find(utcMicros: number): void {
    const day = Math.floor((utcMicros + this.#rules.offsetMicros(utcMicros)) / MICROS_PER_DAY);
    let index = this.#indexOfDay(day);
    // Around a clock put back over midnight, the local day of an instant may lie before the window's first instant.
    while (this.#startOfIndex(index) > utcMicros) index--;
    while (this.#startOfIndex(index + 1) <= utcMicros) index++;
    this.#from = this.#startOfIndex(index);
    this.#to = this.#startOfIndex(index + 1);
  }

  #indexOfDay(day: number): number {
    const { unit, count } = this.#shape;
    if (unit === "day") return Math.floor(day / count);
    if (unit === "week") return Math.floor((day - FIRST_MONDAY) / 7 / count);
    civilFromDays(day, this.#civil);
    const [year = 0, month = 0] = this.#civil;
    return Math.floor(((year - 1970) * 12 + month - 1) / count);
  }

  #startOfIndex(index: number): number {
    return this.#rules.localToUtc(this.#firstDay(index) * MICROS_PER_DAY);
  }

  #firstDay(index: number): number {
    const { unit, count } = this.#shape;
    if (unit === "day") return index * count;
    if (unit === "week") return index * count * 7 + FIRST_MONDAY;
    const months = index * count;
    return daysFromCivil(1970 + Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, 1);
  }
}

/** The start of the calendar window that holds this instant. For many rows make one `CalendarWindows` instead. */
export function calendarWindowStart(shape: CalendarWindowShape, utcMicros: number): number {
  return new CalendarWindows(shape).start(utcMicros);
}

/** The start of the window after the one that holds `startMicros`. */
export function nextCalendarWindowStart(shape: CalendarWindowShape, startMicros: number): number {
  return new CalendarWindows(shape).end(startMicros);
}
