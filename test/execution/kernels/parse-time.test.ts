import { describe, expect, it } from "vitest";
import { date, timestamp, utf8 } from "../../../src/types/type-constructors.js";
import { evaluate, MANNERS, run, type TestArgument } from "./vector-fixtures.js";

function micros(iso: string, rest = 0n): bigint {
  return BigInt(Date.parse(iso)) * 1000n + rest;
}

function toTimestamp(values: readonly (string | null)[], pattern?: string, zone = "UTC"): unknown[] {
  const args: TestArgument[] = [{ type: utf8(), values }];
  if (pattern !== undefined) args.push({ type: utf8(), constant: pattern });
  return run({ name: "toTimestamp", args, type: timestamp(zone), length: values.length });
}

describe("toTimestamp", () => {
  it.each([
    ["2024-03-10 12:34:56", "yyyy-MM-dd HH:mm:ss", "2024-03-10T12:34:56Z"],
    ["10/03/2024 7:05", "dd/MM/yyyy H:mm", "2024-03-10T07:05:00Z"],
    ["20240310123456", "yyyyMMddHHmmss", "2024-03-10T12:34:56Z"],
    ["2024-03-10T12:34:56.123Z", "yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-03-10T12:34:56.123Z"],
    ["2024-03-10 12:34:56+02:00", "yyyy-MM-dd HH:mm:ssXXX", "2024-03-10T10:34:56Z"],
    ["2024-03-10 12:34:56-0530", "yyyy-MM-dd HH:mm:ssXX", "2024-03-10T18:04:56Z"],
    ["2024-03-10 12:34:56+02", "yyyy-MM-dd HH:mm:ssX", "2024-03-10T10:34:56Z"],
    ["at 5 o'clock on 24-1-2", "'at' H 'o''clock on' yy-M-d", "2024-01-02T05:00:00Z"],
    ["2024", "yyyy", "2024-01-01T00:00:00Z"],
    ["12:30", "HH:mm", "1970-01-01T12:30:00Z"],
    ["9999-12-31 23:59:59.999", "yyyy-MM-dd HH:mm:ss.SSS", "9999-12-31T23:59:59.999Z"],
  ])("'%s' written as %s", (text, pattern, expected) => {
    expect(toTimestamp([text, null, text], pattern)).toEqual([micros(expected), null, micros(expected)]);
  });

  it("fractions of up to nine digits, cut behind the sixth", () => {
    expect(toTimestamp(["56.123456"], "ss.SSSSSS")).toEqual([56_123_456n]);
    expect(toTimestamp(["56.123456789"], "ss.SSSSSSSSS")).toEqual([56_123_456n]);
    expect(toTimestamp(["56.5"], "ss.S")).toEqual([56_500_000n]);
  });

  it.each([
    ["2024-02-30", "yyyy-MM-dd"],
    ["2024-02-01 ", "yyyy-MM-dd"],
    ["2024-2-01", "yyyy-MM-dd"],
    ["2024-02", "yyyy-MM-dd"],
    ["25:00", "HH:mm"],
    ["2024-02-01+19:00", "yyyy-MM-ddXXX"],
    ["2024-02-01+02", "yyyy-MM-ddXXX"],
    ["", "yyyy"],
  ])("fails for '%s' written as %s", (text, pattern) => {
    expect(() => toTimestamp(["x", text].slice(1), pattern)).toThrow(/CANNOT_PARSE_TIMESTAMP/);
  });

  it.each(["yyyy-QQ", "EEE", "yyy", "'open", "SSSSSSSSSS"])("refuses the pattern %s", (pattern) => {
    expect(() => toTimestamp(["2024"], pattern)).toThrow(/TIME_PATTERN_SYNTAX/);
  });

  it("without an offset, text is wall-clock time of the zone", () => {
    expect(toTimestamp(["2024-07-01 12"], "yyyy-MM-dd HH", "Europe/Berlin")).toEqual([micros("2024-07-01T10:00:00Z")]);
  });

  it("without a pattern, it is a cast", () => {
    expect(toTimestamp(["2024-03-10 12:34:56.5", null])).toEqual([micros("2024-03-10T12:34:56.5Z"), null]);
    expect(() => toTimestamp(["nothing"])).toThrow(/CAST_INVALID/);
  });

  it("of dates and timestamps", () => {
    const dates: TestArgument = { type: date(), values: [1, null, -1] };
    const call = { name: "toTimestamp", type: timestamp(), length: 3 } as const;
    expect(run({ ...call, args: [dates] })).toEqual([86_400_000_000n, null, -86_400_000_000n]);
    const times: TestArgument = { type: timestamp(), values: [1n, null, -1n] };
    expect(run({ ...call, args: [times] })).toEqual([1n, null, -1n]);
  });

  it("fails only for rows somebody selected", () => {
    const args: TestArgument[] = [
      { type: utf8(), values: ["x", "2024", "y"] },
      { type: utf8(), constant: "yyyy" },
    ];
    const call = { name: "toTimestamp", args, type: timestamp(), length: 3 } as const;
    for (const manner of MANNERS) {
      expect(() => evaluate(call, Int32Array.of(1), manner)).not.toThrow();
      expect(() => evaluate(call, Int32Array.of(1, 2), manner)).toThrow(/row 2/);
    }
  });
});

describe("toDate", () => {
  const call = { name: "toDate", type: date(), length: 3 } as const;

  it("of text, with and without a pattern", () => {
    const texts: TestArgument = { type: utf8(), values: ["1970-01-02", null, "1969-12-31"] };
    expect(run({ ...call, args: [texts] })).toEqual([1, null, -1]);
    expect(run({ ...call, args: [texts, { type: utf8(), constant: "yyyy-MM-dd" }] })).toEqual([1, null, -1]);
  });

  it("of timestamps: the day in UTC", () => {
    const times: TestArgument = { type: timestamp(), values: [86_400_000_000n, null, -1n] };
    expect(run({ ...call, args: [times] })).toEqual([1, null, -1]);
  });
});
