import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DATE_TRUNC_UNITS } from "../../../src/expressions/date-trunc-unit.js";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import { date, int32, struct, timestamp, utf8 } from "../../../src/types/type-constructors.js";
import { duckdbText } from "./duckdb.js";
import { run, type TestArgument } from "./vector-fixtures.js";

const PARTS: readonly (readonly [FunctionName, string])[] = [
  ["year", "year(a)"],
  ["quarter", "quarter(a)"],
  ["month", "month(a)"],
  ["dayOfMonth", "day(a)"],
  ["dayOfWeek", "dayofweek(a) + 1"],
];
const CLOCK: readonly (readonly [FunctionName, string])[] = [
  ["hour", "hour(a)"],
  ["minute", "minute(a)"],
  ["second", "second(a)"],
];

/** 9999-12-31T23:59:59.999999Z, and values around 2^53 and midnights on both sides of 1970. */
const EDGES = [
  0n,
  1n,
  -1n,
  86_399_999_999n,
  86_400_000_000n,
  -86_400_000_000n,
  -86_400_000_001n,
  253_402_300_799_999_999n,
];
const AROUND = [
  9_007_199_254_740_991n,
  9_007_199_254_740_992n,
  9_007_199_254_740_993n,
  -9_007_199_254_740_993n,
  -62_135_596_800_000_000n,
];
const SAMPLED = fc.sample(
  fc.option(
    fc.oneof(
      fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
      fc.bigInt({ min: 1_500_000_000_000_000n, max: 1_800_000_000_000_000n }),
      fc.bigInt({ min: -30_000n, max: 30_000n }).map((days) => days * 86_400_000_000n),
    ),
  ),
  { numRuns: 300, seed: 11 },
);
const MICROS: readonly (bigint | null)[] = [...EDGES, ...AROUND, ...SAMPLED];
const DAYS = [
  0,
  -1,
  1,
  2_932_896,
  -719_162,
  ...fc.sample(fc.option(fc.integer({ min: -719_162, max: 2_932_896 })), { numRuns: 200, seed: 12 }),
];
const TIME = timestamp();
const instants: TestArgument = { type: TIME, values: MICROS };
const instantRows = MICROS.map((each) => [each === null ? "NULL::TIMESTAMP" : `make_timestamp(${each})`]);
const dateRows = DAYS.map((each) => [each === null ? "NULL::DATE" : `DATE '1970-01-01' + ${each}::INTEGER`]);

function shown(values: readonly unknown[]): (string | null)[] {
  return values.map((value) => (value === null ? null : String(value)));
}

function text(constant: string): TestArgument {
  return { type: utf8(), constant };
}

function mapped(name: FunctionName, args: TestArgument[]): (string | null)[] {
  return shown(run({ name, args, type: TIME, length: MICROS.length }));
}

function micros(iso: string): bigint {
  return BigInt(Date.parse(iso)) * 1000n;
}

describe("time kernels give what DuckDB gives", () => {
  it.each(PARTS)("%s of timestamps and dates", async (name, sql) => {
    const got = run({ name, args: [instants], type: int32(), length: MICROS.length });
    expect(shown(got)).toEqual(await duckdbText(sql, instantRows));
    const ofDates = run({ name, args: [{ type: date(), values: DAYS }], type: int32(), length: DAYS.length });
    expect(shown(ofDates)).toEqual(await duckdbText(sql, dateRows));
  });

  it.each(CLOCK)("%s", async (name, sql) => {
    const got = run({ name, args: [instants], type: int32(), length: MICROS.length });
    expect(shown(got)).toEqual(await duckdbText(sql, instantRows));
  });

  it.each(DATE_TRUNC_UNITS)("dateTrunc to the %s in UTC", async (unit) => {
    const got = mapped("dateTrunc", [text(unit), instants]);
    expect(got).toEqual(await duckdbText(`epoch_us(date_trunc('${unit}', a)::TIMESTAMP)`, instantRows));
  });

  it.each([
    "10 minutes",
    "-1 microsecond",
    "3 days 2 hours",
    "1 month",
    "-13 months",
    "4 years 1 day 5 seconds",
    "1 quarter",
  ])("addInterval of %s", async (interval) => {
    const got = mapped("addInterval", [instants, text(interval)]);
    expect(got).toEqual(await duckdbText(`epoch_us(a + INTERVAL '${interval}')`, instantRows));
  });
});

describe("time kernels in zones", () => {
  it.each([
    ["hour", "Asia/Kolkata", "2024-03-10T10:10:00Z", "2024-03-10T09:30:00Z"],
    ["day", "Europe/Berlin", "2024-03-31T10:00:00Z", "2024-03-30T23:00:00Z"],
    ["day", "Europe/Berlin", "2024-03-31T22:30:00Z", "2024-03-31T22:00:00Z"],
    ["week", "America/New_York", "2024-03-11T03:00:00Z", "2024-03-04T05:00:00Z"],
    ["month", "America/New_York", "2024-04-01T03:59:59Z", "2024-03-01T05:00:00Z"],
    ["quarter", "Europe/Berlin", "2024-04-15T00:00:00Z", "2024-03-31T22:00:00Z"],
    ["year", "Asia/Tokyo", "2023-12-31T15:00:00Z", "2023-12-31T15:00:00Z"],
    // Beyond 2^53 microseconds, with a change of clocks between the beginning and the instant.
    ["year", "America/New_York", "2300-07-01T12:00:00.001Z", "2300-01-01T05:00:00Z"],
    ["quarter", "Europe/Berlin", "9999-05-15T12:00:00Z", "9999-03-31T22:00:00Z"],
    ["day", "Europe/Berlin", "2300-03-25T12:00:00Z", "2300-03-24T23:00:00Z"],
    ["second", "Asia/Tokyo", "2023-12-31T15:00:00.999Z", "2023-12-31T15:00:00Z"],
  ])("dateTrunc to the %s in %s of %s", (unit, zone, at, expected) => {
    const args = [text(unit), { type: TIME, values: [micros(at), null, micros(at)] }, text(zone)];
    const got = run({ name: "dateTrunc", args, type: TIME, length: 3 });
    expect(got).toEqual([micros(expected), null, micros(expected)]);
  });

  it("fromUtcTimestamp shows the wall clock, toUtcTimestamp the instant", () => {
    const args = [
      { type: TIME, values: [micros("2024-01-01T12:00:00Z"), micros("2024-07-01T12:00:00Z"), null] },
      text("Europe/Berlin"),
    ];
    const wall = run({ name: "fromUtcTimestamp", args, type: TIME, length: 3 });
    expect(wall).toEqual([micros("2024-01-01T13:00:00Z"), micros("2024-07-01T14:00:00Z"), null]);
    const utc = run({ name: "toUtcTimestamp", args, type: TIME, length: 3 });
    expect(utc).toEqual([micros("2024-01-01T11:00:00Z"), micros("2024-07-01T10:00:00Z"), null]);
  });

  it("a skipped wall-clock time moves forward, of two the earlier is taken", () => {
    const values = [micros("2024-03-31T02:30:00Z"), micros("2024-10-27T02:30:00Z")];
    const args = [{ type: TIME, values }, text("Europe/Berlin")];
    const utc = run({ name: "toUtcTimestamp", args, type: TIME, length: 2 });
    expect(utc).toEqual([micros("2024-03-31T01:30:00Z"), micros("2024-10-27T00:30:00Z")]);
  });

  it("there and back is the same instant, to the microsecond in any year, but for doubled hours", () => {
    const values = MICROS.map((each, i) => (each === null || i % 2 === 0 ? each : each - (each % 3_600_000_000n) + 1n));
    for (const zone of ["America/New_York", "+05:30"]) {
      const wall = run({
        name: "fromUtcTimestamp",
        args: [{ type: TIME, values }, text(zone)],
        type: TIME,
        length: values.length,
      });
      const back = run({
        name: "toUtcTimestamp",
        args: [{ type: TIME, values: wall }, text(zone)],
        type: TIME,
        length: values.length,
      });
      const off = back.filter((each, i) => each !== values[i]);
      expect(off.length).toBeLessThanOrEqual(zone === "+05:30" ? 0 : 1);
    }
  });
});

describe("windowTime and now", () => {
  it("windowTime is the last instant inside", () => {
    const type = struct({ start: TIME, end: TIME });
    const values = [{ start: 0n, end: 10n }, null, { start: 5n, end: 9_007_199_254_740_993n }];
    const got = run({ name: "windowTime", args: [{ type, values }], type: TIME, length: 3 });
    expect(got).toEqual([9n, null, 9_007_199_254_740_992n]);
  });

  it("now is the time of the trigger", () => {
    const got = run({ name: "now", args: [], type: TIME, length: 4 });
    expect(got).toEqual(Array(4).fill(1_700_000_000_123_456n));
  });
});
