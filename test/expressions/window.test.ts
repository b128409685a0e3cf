import { describe, expect, test } from "vitest";
import { expressionText } from "../../src/expressions/format-expression.js";
import { col } from "../../src/expressions/functions/col.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { window } from "../../src/expressions/functions/window.js";

const MINUTE = 60_000_000n;

describe("window", () => {
  test("tumbling, sliding, and with a start time", () => {
    const fixed = { kind: "window", time: { kind: "column", name: "at" }, calendar: null };
    expect(window("at", "10 minutes").expression).toEqual({
      ...fixed,
      size: 10n * MINUTE,
      slide: 10n * MINUTE,
      offset: 0n,
    });
    expect(window("at", "10 minutes", "5 minutes").expression).toEqual({
      ...fixed,
      size: 10n * MINUTE,
      slide: 5n * MINUTE,
      offset: 0n,
    });
    expect(window("at", "1 hour", { startTime: "15 minutes" }).expression).toMatchObject({
      size: 60n * MINUTE,
      offset: 15n * MINUTE,
    });
    expect(window("at", "1 hour", "30 minutes", { startTime: "-15 minutes" }).expression).toMatchObject({
      slide: 30n * MINUTE,
      offset: -15n * MINUTE,
    });
  });

  test("days and weeks follow a calendar where a zone is given, months always", () => {
    const berlin = { zone: "Europe/Berlin" };
    expect(window("at", "1 day", berlin).expression).toMatchObject({
      size: 0n,
      calendar: { unit: "day", count: 1, zone: "Europe/Berlin" },
    });
    expect(window("at", "2 weeks", berlin).expression).toMatchObject({
      calendar: { unit: "week", count: 2, zone: "Europe/Berlin" },
    });
    expect(window("at", "1 quarter").expression).toMatchObject({ calendar: { unit: "month", count: 3, zone: "UTC" } });
    expect(window("at", "1 day").expression).toMatchObject({ size: 1440n * MINUTE, calendar: null });
    expect(expressionText(window("at", "1 day", berlin).expression)).toBe("window(at, 1 day in Europe/Berlin)");
  });

  test.each([
    [() => window("at", "0 minutes"), "WINDOW_SIZE"],
    [() => window("at", "0 months"), "WINDOW_SIZE"],
    [() => window("at", "5 minutes", "10 minutes"), "WINDOW_SLIDE"],
    [() => window("at", "5 minutes", { startTime: "5 minutes" }), "WINDOW_START_TIME"],
    [() => window("at", "1 hour", { zone: "Europe/Berlin" }), "WINDOW_CALENDAR"],
    [() => window("at", "1 month", "1 day"), "WINDOW_CALENDAR"],
    [() => window("at", "1 month 1 day"), "INTERVAL_NOT_FIXED"],
    [() => window("at", "1 day", { zone: "Nowhere/Land" }), "ZONE_UNKNOWN"],
  ])("%s is refused: %s", (make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

test("the gap of a session is fixed or a column", () => {
  expect(sessionWindow("at", "10 minutes").expression).toMatchObject({
    kind: "sessionWindow",
    gap: { kind: "literal", value: 10n * MINUTE },
  });
  expect(sessionWindow("at", col("gap")).expression).toMatchObject({ gap: { kind: "column", name: "gap" } });
  expect(() => sessionWindow("at", "0 seconds")).toThrow(expect.objectContaining({ code: "WINDOW_SIZE" }));
});
