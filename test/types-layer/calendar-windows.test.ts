import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CalendarWindowShape,
  CalendarWindows,
  calendarWindowStart,
  nextCalendarWindowStart,
} from "../../src/types/calendar-windows.js";
import { zoneOffsetMicros } from "../../src/types/time-zone.js";

const utc = (text: string): number => Date.parse(text) * 1000;
const shape = (unit: CalendarWindowShape["unit"], count: number, zone: string): CalendarWindowShape => ({
  unit,
  count,
  zone,
});

describe("calendar windows", () => {
  it("begins at local midnight; a day of a clock change has 23 or 25 hours", () => {
    const day = shape("day", 1, "Europe/Berlin");
    expect(calendarWindowStart(day, utc("2024-03-31T12:00:00Z"))).toBe(utc("2024-03-30T23:00:00Z"));
    expect(nextCalendarWindowStart(day, utc("2024-03-30T23:00:00Z"))).toBe(utc("2024-03-31T22:00:00Z"));
    expect(nextCalendarWindowStart(day, utc("2024-10-26T22:00:00Z"))).toBe(utc("2024-10-27T23:00:00Z"));
  });

  it("begins a day whose midnight is skipped at its first instant", () => {
    const day = shape("day", 1, "America/Sao_Paulo");
    expect(calendarWindowStart(day, utc("2018-11-04T12:00:00Z"))).toBe(utc("2018-11-04T03:00:00Z"));
    expect(calendarWindowStart(day, utc("2018-11-04T03:00:00Z") - 1)).toBe(utc("2018-11-03T03:00:00Z"));
  });

  it("begins weeks on Monday and months on the first, before 1970 too", () => {
    expect(calendarWindowStart(shape("week", 1, "UTC"), utc("2024-05-19T23:59:59Z"))).toBe(utc("2024-05-13T00:00:00Z"));
    expect(calendarWindowStart(shape("month", 1, "UTC"), utc("1969-12-31T23:00:00Z"))).toBe(
      utc("1969-12-01T00:00:00Z"),
    );
    expect(calendarWindowStart(shape("month", 3, "UTC"), utc("2024-06-30T00:00:00Z"))).toBe(
      utc("2024-04-01T00:00:00Z"),
    );
    expect(calendarWindowStart(shape("month", 12, "UTC"), utc("1968-06-30T00:00:00Z"))).toBe(
      utc("1968-01-01T00:00:00Z"),
    );
  });

  it("puts every instant into exactly one window, around clock changes over midnight too", () => {
    const zones = [
      "UTC",
      "Europe/Berlin",
      "America/Sao_Paulo",
      "Asia/Beirut",
      "America/Havana",
      "Pacific/Apia",
      "America/St_Johns",
      "Asia/Amman",
    ];
    const shapes = fc.record({
      unit: fc.constantFrom("day" as const, "week" as const, "month" as const),
      count: fc.integer({ min: 1, max: 5 }),
      zone: fc.constantFrom(...zones),
    });
    fc.assert(
      fc.property(shapes, fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }), (window, seconds) => {
        const at = seconds * 1_000_000;
        const windows = new CalendarWindows(window);
        const [start, end] = [windows.start(at), windows.end(at)];
        expect(start).toBeLessThanOrEqual(at);
        expect(end).toBeGreaterThan(at);
        expect(calendarWindowStart(window, start)).toBe(start);
        expect(calendarWindowStart(window, end - 1)).toBe(start);
        expect(calendarWindowStart(window, end)).toBe(end);
        expect(nextCalendarWindowStart(window, start)).toBe(end);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives each clock change of a midnight's zone windows without gap or overlap", () => {
    // St. John's put its clocks back at 00:01 until 2011: its midnight occurred twice.
    const day = shape("day", 1, "America/St_Johns");
    const windows = new CalendarWindows(day);
    for (let at = utc("2010-11-06T00:00:00Z"); at < utc("2010-11-09T00:00:00Z"); at += 30_000_000) {
      expect(windows.start(at)).toBeLessThanOrEqual(at);
      expect(windows.end(at)).toBeGreaterThan(at);
    }
    expect(zoneOffsetMicros("America/St_Johns", windows.start(utc("2010-11-07T12:00:00Z")))).toBe(-9_000_000_000);
  });
});
