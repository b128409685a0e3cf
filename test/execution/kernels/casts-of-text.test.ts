import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DataType } from "../../../src/types/data-type.js";
import {
  binary,
  bool,
  date,
  float64,
  int32,
  int64,
  list,
  struct,
  timestamp,
  utf8,
} from "../../../src/types/type-constructors.js";
import { evaluate, MANNERS, run } from "./vector-fixtures.js";

function read(values: readonly (string | null)[], type: DataType): unknown[] {
  return run({ safe: true, args: [{ type: utf8(), values }], type, length: values.length });
}

function write(values: readonly unknown[], type: DataType): unknown[] {
  return run({ safe: false, args: [{ type, values }], type: utf8(), length: values.length });
}

function micros(iso: string, rest = 0n): bigint {
  return BigInt(Date.parse(iso)) * 1000n + rest;
}

describe("castFromText reads what Spark's ANSI cast reads", () => {
  it.each<[string, unknown]>([
    ["true", true],
    [" T ", true],
    ["YES", true],
    ["1", true],
    ["f", false],
    ["No", false],
    ["0", false],
    ["", null],
    ["truee", null],
    ["2", null],
    ["on", null],
    ["é", null],
  ])("bool from '%s'", (text, expected) => {
    expect(read([text, null], bool())).toEqual([expected, null]);
  });

  it.each<[string, number | null, bigint | null]>([
    ["0", 0, 0n],
    ["-0", 0, 0n],
    [" +17\t", 17, 17n],
    ["00000000000000000000007", 7, 7n],
    ["2147483647", 2147483647, 2147483647n],
    ["-2147483648", -2147483648, -2147483648n],
    ["2147483648", null, 2147483648n],
    ["9223372036854775807", null, 9223372036854775807n],
    ["-9223372036854775808", null, -9223372036854775808n],
    ["9223372036854775808", null, null],
    ["99999999999999999999", null, null],
    ["1.5", null, null],
    ["1e3", null, null],
    ["", null, null],
    ["-", null, null],
    ["+-1", null, null],
    ["1 2", null, null],
    ["0x1", null, null],
    ["١", null, null],
  ])("whole numbers from '%s'", (text, small, big) => {
    expect(read([text, null], int32())).toEqual([small, null]);
    expect(read([text, null], int64())).toEqual([big, null]);
  });

  it.each<[string, number | null]>([
    ["1", 1],
    ["-0", -0],
    ["1.", 1],
    [".5", 0.5],
    ["-.5", -0.5],
    ["+2.5", 2.5],
    ["1e3", 1000],
    ["1.5E-7", 1.5e-7],
    ["0.1", 0.1],
    ["123456789.123456", 123456789.123456],
    ["123456789012345678", 123456789012345680],
    ["1e400", Number.POSITIVE_INFINITY],
    ["NaN", Number.NaN],
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    [" 7.25 ", 7.25],
    ["1.0d", 1],
    ["", null],
    [".", null],
    ["-", null],
    ["1e", null],
    ["1_000", null],
    ["0x10", null],
    ["1,5", null],
    ["infinite", null],
    ["constructor", null],
  ])("doubles from '%s'", (text, expected) => {
    expect(read([text, null], float64())).toEqual([expected, null]);
  });

  it("every double comes back from its own text", () => {
    const values = fc.sample(fc.oneof(fc.double(), fc.double({ min: -1e6, max: 1e6 })), { numRuns: 500, seed: 5 });
    expect(
      read(
        values.map((value) => (Object.is(value, -0) ? "-0.0" : String(value))),
        float64(),
      ),
    ).toEqual(values);
    const decimals = fc.sample(fc.tuple(fc.integer(), fc.nat({ max: 99999 })), { numRuns: 500, seed: 6 });
    const texts = decimals.map(([whole, fraction]) => `${whole}.${fraction}`);
    expect(read(texts, float64())).toEqual(texts.map(Number));
  });

  it.each<[string, number | null]>([
    ["1970-01-01", 0],
    ["2024", 19723],
    ["2024-02", 19754],
    ["2024-2-29", 19782],
    [" 2024-02-29 ", 19782],
    ["2024-02-29T12:00:00", 19782],
    ["2024-02-29 anything", 19782],
    ["0001-01-01", -719162],
    ["9999-12-31", 2932896],
    ["-0001-01-01", -719893],
    ["+12345-01-01", 3789391],
    ["2023-02-29", null],
    ["2024-13-01", null],
    ["2024-00-01", null],
    ["2024-1-", null],
    ["24-01-01", null],
    ["2024/01/01", null],
    ["2024-01-01x", null],
    ["2024-001-01", null],
    ["", null],
    ["-", null],
  ])("dates from '%s'", (text, expected) => {
    expect(read([text, null], date())).toEqual([expected, null]);
  });

  it.each<[string, bigint | null]>([
    ["2024-03-10 12:34:56.123456", micros("2024-03-10T12:34:56Z", 123456n)],
    ["2024-03-10T12:34:56.1234567Z", micros("2024-03-10T12:34:56Z", 123456n)],
    ["2024-03-10", micros("2024-03-10T00:00:00Z")],
    ["2024-3-1 1:2:3", micros("2024-03-01T01:02:03Z")],
    ["2024-03-10 12:34", micros("2024-03-10T12:34:00Z")],
    ["2024-03-10 12:34:56.5", micros("2024-03-10T12:34:56.5Z")],
    ["2024-03-10 12:34:56.", micros("2024-03-10T12:34:56Z")],
    ["2024-03-10 12:34:56+02:00", micros("2024-03-10T10:34:56Z")],
    ["2024-03-10 12:34:56 -0530", micros("2024-03-10T18:04:56Z")],
    ["2024-03-10 12:34:56+2", micros("2024-03-10T10:34:56Z")],
    ["2024-03-10 12:34:56 Europe/Berlin", micros("2024-03-10T11:34:56Z")],
    ["2024-03-10 12:34:56 UTC", micros("2024-03-10T12:34:56Z")],
    ["9999-12-31 23:59:59.999999", micros("9999-12-31T23:59:59Z", 999999n)],
    ["0001-01-01 00:00:00.000001", micros("0001-01-01T00:00:00Z", 1n)],
    ["1969-12-31 23:59:59.999999", -1n],
    ["2024-03-10 24:00:00", null],
    ["2024-03-10 12:60:00", null],
    ["2024-03-10 12:34:56+19:00", null],
    ["2024-03-10 12:34:56 Nowhere/City", null],
    ["2024-03-10 12:34:56 +", null],
    ["2024-03-10 ", micros("2024-03-10T00:00:00Z")],
    ["12:34:56", null],
    ["", null],
    ["now", null],
  ])("timestamps from '%s'", (text, expected) => {
    expect(read([text, null], timestamp())).toEqual([expected, null]);
  });

  it("text without a zone is wall-clock time of the type's zone; without one, a written zone is passed over", () => {
    const texts = ["2024-07-01 12:00:00", "2024-07-01 12:00:00Z", "2024-07-01 12:00:00+05:00"];
    expect(read(texts, timestamp("Europe/Berlin"))).toEqual([
      micros("2024-07-01T10:00:00Z"),
      micros("2024-07-01T12:00:00Z"),
      micros("2024-07-01T07:00:00Z"),
    ]);
    expect(read(texts, timestamp(null))).toEqual(Array(3).fill(micros("2024-07-01T12:00:00Z")));
  });

  it("binary is the bytes of the text", () => {
    expect(read(["é", null, ""], binary())).toEqual([Uint8Array.of(0xc3, 0xa9), null, new Uint8Array(0)]);
  });

  it("fails for a row that is no such value, only if it is selected, and names it", () => {
    const args = [{ type: utf8(), values: ["1", "b", "2", "a", "b", "a"] }];
    const call = { safe: false, args, type: int32(), length: 6 };
    for (const manner of MANNERS) {
      expect(() => evaluate(call, null, manner)).toThrow(/CAST_INVALID: In row 1, 'b'/);
      expect(() => evaluate(call, Int32Array.of(0, 2, 3, 4, 5), manner)).toThrow(
        /CAST_INVALID: In row (3, 'a'|4, 'b')/,
      );
      expect(() => evaluate(call, Int32Array.of(0, 2), manner)).not.toThrow();
    }
  });
});

describe("castToText writes what Spark writes", () => {
  it("numbers and booleans", () => {
    expect(write([0, -1, 2147483647, -2147483648, 10, 999, 1000, null], int32())).toEqual([
      "0",
      "-1",
      "2147483647",
      "-2147483648",
      "10",
      "999",
      "1000",
      null,
    ]);
    expect(write([1n, -9223372036854775808n, null], int64())).toEqual(["1", "-9223372036854775808", null]);
    expect(write([1, 1e10, Number.NaN, -0, 0.001, 1e-4, Number.NEGATIVE_INFINITY, null], float64())).toEqual([
      "1.0",
      "1.0E10",
      "NaN",
      "-0.0",
      "0.001",
      "1.0E-4",
      "-Infinity",
      null,
    ]);
    expect(write([true, false, null], bool())).toEqual(["true", "false", null]);
  });

  it("dates and times", () => {
    expect(write([0, -719162, 2932897, null], date())).toEqual(["1970-01-01", "0001-01-01", "+10000-01-01", null]);
    const times = [0n, -1n, micros("2024-07-01T12:00:00.5Z"), null];
    expect(write(times, timestamp())).toEqual([
      "1970-01-01 00:00:00",
      "1969-12-31 23:59:59.999999",
      "2024-07-01 12:00:00.5",
      null,
    ]);
    expect(write(times, timestamp("Europe/Berlin"))[2]).toBe("2024-07-01 14:00:00.5");
  });

  it("bytes as UTF-8, lists and structs as Spark prints them", () => {
    expect(write([Uint8Array.of(0xc3, 0xa9), Uint8Array.of(0xff), null], binary())).toEqual(["é", "\ufffd", null]);
    expect(write([[1, null], [], null], list(int32()))).toEqual(["[1, null]", "[]", null]);
    expect(write([{ a: "x", b: null }, null], struct({ a: utf8(), b: int32() }))).toEqual(["{x, null}", null]);
  });

  it("text comes back from its text for whole numbers, dates and times", () => {
    const ints = fc.sample(fc.integer(), { numRuns: 300, seed: 1 });
    expect(read(write(ints, int32()) as string[], int32())).toEqual(ints);
    const longs = fc.sample(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { numRuns: 300, seed: 2 });
    expect(read(write(longs, int64()) as string[], int64())).toEqual(longs);
    const times = fc.sample(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }), {
      numRuns: 300,
      seed: 3,
    });
    expect(read(write(times, timestamp()) as string[], timestamp())).toEqual(times);
  });
});
