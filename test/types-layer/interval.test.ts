import { describe, expect, it } from "vitest";
import { fixedMicros, parseInterval } from "../../src/types/interval.js";

describe("parseInterval", () => {
  it.each([
    ["10 minutes", 600_000_000n, 0, 0],
    ["1 hour 30 minutes", 5_400_000_000n, 0, 0],
    ["interval 1 day", 0n, 0, 1],
    ["INTERVAL 2 WEEKS 1 microsecond", 1n, 0, 14],
    ["1 month", 0n, 1, 0],
    ["1 year 2 months", 0n, 14, 0],
    ["500 milliseconds", 500_000n, 0, 0],
    ["-5 minutes", -300_000_000n, 0, 0],
    ["1.5 seconds", 1_500_000n, 0, 0],
    ["10ms", 10_000n, 0, 0],
    [" 1  second ", 1_000_000n, 0, 0],
  ])("reads %j", (text, micros, months, days) => {
    expect(parseInterval(text)).toEqual({ micros, months, days });
  });

  it("takes milliseconds and microseconds", () => {
    expect(parseInterval(1500)).toEqual({ micros: 1_500_000n, months: 0, days: 0 });
    expect(parseInterval({ micros: 7n })).toEqual({ micros: 7n, months: 0, days: 0 });
  });

  it.each(["", "10", "minutes", "10 minuts", "10 minutes and", "1.5 microseconds", "10 constructor"])(
    "refuses %j",
    (text) => {
      expect(() => parseInterval(text)).toThrow(/^INTERVAL_SYNTAX: /);
    },
  );

  it("refuses numbers that are no time", () => {
    expect(() => parseInterval(Number.NaN)).toThrow(/^INTERVAL_SYNTAX/);
  });

  it("counts a day as 24 hours and refuses months where a fixed length is needed", () => {
    expect(fixedMicros(parseInterval("1 day 1 second"), "The delay")).toBe(86_401_000_000n);
    expect(() => fixedMicros(parseInterval("1 month"), "The delay")).toThrow(/^INTERVAL_NOT_FIXED: The delay/);
  });
});
