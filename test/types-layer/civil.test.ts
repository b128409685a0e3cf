import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { civilFromDays, daysFromCivil, daysInMonth, isLeapYear, weekdayOfDays } from "../../src/types/civil.js";

const MS_PER_DAY = 86_400_000;
const civil = new Int32Array(3);

describe("civil dates", () => {
  it("agrees with Date on any day that Date knows", () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (days) => {
        const date = new Date(days * MS_PER_DAY);
        civilFromDays(days, civil);
        expect([...civil]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
        expect(weekdayOfDays(days)).toBe(date.getUTCDay() === 0 ? 7 : date.getUTCDay());
        expect(daysFromCivil(civil[0], civil[1], civil[2])).toBe(days);
      }),
      { numRuns: 2000 },
    );
  });

  it("walks through every day of four centuries", () => {
    let month = 1;
    let day = 1;
    let year = 1800;
    for (let days = daysFromCivil(1800, 1, 1); year < 2201; days++) {
      civilFromDays(days, civil);
      if (civil[0] !== year || civil[1] !== month || civil[2] !== day) expect([...civil]).toEqual([year, month, day]);
      day++;
      if (day > daysInMonth(year, month)) {
        day = 1;
        month = (month % 12) + 1;
        if (month === 1) year++;
      }
    }
  });

  it("knows the leap years of the Gregorian calendar", () => {
    expect([1900, 2000, 2023, 2024, -4].map(isLeapYear)).toEqual([false, true, false, true, true]);
  });
});
