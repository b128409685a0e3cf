import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { FormatError } from "../../src/common/millrace-error.js";
import { JsonColumnsReader, type JsonMode } from "../../src/formats/json-reader.js";
import type { Schema } from "../../src/types/data-type.js";
import {
  binary,
  bool,
  date,
  float64,
  int32,
  int64,
  list,
  schemaOf,
  struct,
  timestamp,
  utf8,
} from "../../src/types/type-constructors.js";

function read(schema: Schema, text: string | Uint8Array, mode: JsonMode = "permissive") {
  const reader = new JsonColumnsReader(schema, { mode, corruptColumn: "_corrupt_record" });
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const chunks = [...reader.readLines(bytes)];
  const rest = reader.finish();
  const rows = [...chunks, ...(rest === null ? [] : [rest])].flatMap(rowsOf);
  return { rows, malformed: reader.malformed };
}

function rowsOf(chunk: Chunk): unknown[][] {
  return Array.from({ length: chunk.length }, (_, row) => chunk.columns.map((column) => valueAt(column, row)));
}

const one = (schema: Schema, value: string): unknown => read(schema, `{"x":${value}}`).rows[0]?.[0];

describe("JSON lines to columns", () => {
  it("reads every type, fields in any order, unknown ones skipped, missing ones NULL", () => {
    const schema = schemaOf({ b: bool(), i: int32(), l: int64(), f: float64(), s: utf8() });
    const text = `{"s":"a","f":1.5,"l":5,"i":-7,"b":true}\n {"zzz":{"s":[1,{"b":null}]}, "i": 3 }\r\n\n{"b":null}\n`;
    expect(read(schema, text)).toEqual({
      rows: [
        [true, -7, 5n, 1.5, "a"],
        [null, 3, null, null, null],
        [null, null, null, null, null],
      ],
      malformed: 0,
    });
  });

  it("keeps int64 exact up to both ends and refuses what does not fit", () => {
    const schema = schemaOf({ x: int64() });
    for (const value of ["9223372036854775807", "-9223372036854775808", "9007199254740993", "-1", "0", "-4294967296"]) {
      expect(one(schema, value)).toBe(BigInt(value));
    }
    for (const value of ["9223372036854775808", "1.0", "1e3", '"1"', "true"]) {
      expect(read(schema, `{"x":${value}}`)).toEqual({ rows: [[null]], malformed: 1 });
    }
    expect(read(schemaOf({ x: int32() }), '{"x":2147483648}')).toEqual({ rows: [[null]], malformed: 1 });
  });

  it("rounds floats as JavaScript does", () => {
    const schema = schemaOf({ x: float64() });
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(20), (value, digits) => {
        for (const text of [JSON.stringify(value), value.toExponential(), value.toPrecision(digits + 1)]) {
          expect(one(schema, text)).toBe(Number(text));
        }
      }),
    );
    const long = "123456789012345678901234567890.125e-10";
    expect(one(schema, long)).toBe(Number(long));
    expect(one(schema, '"NaN"')).toBeNaN();
    expect(one(schema, '"-Infinity"')).toBe(Number.NEGATIVE_INFINITY);
  });

  it("decodes every string that JSON.stringify writes, escaped or raw", () => {
    const schema = schemaOf({ x: utf8() });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(one(schema, JSON.stringify(text))).toBe(text);
        const escaped = [...text].map((letter) => escapeUnits(letter)).join("");
        expect(one(schema, `"${escaped}"`)).toBe(text);
      }),
    );
    expect(one(schema, '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"')).toBe('"\\/\b\f\n\r\té😀');
  });

  it("refuses strings that are no text", () => {
    const schema = schemaOf({ x: utf8() });
    for (const value of ['"\\ud800"', '"\\ude00"', '"\\x"', '"\\u12g4"', '"a\tb"', '"open']) {
      expect(read(schema, `{"x":${value}}`).malformed).toBe(1);
    }
    expect(read(schema, Uint8Array.of(123, 34, 120, 34, 58, 34, 0xff, 34, 125)).malformed).toBe(1);
  });

  it("matches names that are written with escapes, and takes the last of equal ones", () => {
    const schema = schemaOf({ é: utf8(), l: list(int32()) });
    const text = '{"\\u00e9":"long first","l":[1,2,3],"é":"b","l":[4]}\n{"l":[5]}';
    expect(read(schema, text).rows).toEqual([
      ["b", [4]],
      [null, [5]],
    ]);
  });

  it("gives JSON text for what is no string where text is asked for", () => {
    expect(one(schemaOf({ x: utf8() }), '{"a": [1, 2]}')).toBe('{"a": [1, 2]}');
    expect(one(schemaOf({ x: utf8() }), "1.50")).toBe("1.50");
  });

  it("reads nested lists and structs", () => {
    const schema = schemaOf({ x: list(struct({ a: list(int64()), b: utf8() })) });
    const text = '{"x":[{"a":[1,null],"b":"q"},null,{"b":"r"},{}]}\n{"x":[]}\n{"x":null}\n{"x":[{"a":[]}]}';
    const element = (a: unknown, b: unknown): unknown => ({ a, b });
    expect(read(schema, text).rows).toEqual([
      [[element([1n, null], "q"), null, element(null, "r"), element(null, null)]],
      [[]],
      [null],
      [[element([], null)]],
    ]);
  });

  it("reads dates, timestamps in ISO 8601, and base64", () => {
    const schema = schemaOf({ d: date(), t: timestamp(), n: binary() });
    const micros = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;
    const text = [
      '{"d":"1969-12-31","t":"2024-02-29T12:30:00.123456Z","n":"AQID/w=="}',
      '{"d":"0001-01-01","t":"2024-02-29 12:30","n":""}',
      '{"d":"9999-12-31","t":"9999-12-31T23:59:59.999999+02:00"}',
      '{"d":"2024-02-30","t":"yesterday","n":"?"}',
      '{"t":1709209800}',
    ].join("\n");
    expect(read(schema, text)).toEqual({
      rows: [
        [-1, micros("2024-02-29T12:30:00.123Z") + 456n, Uint8Array.of(1, 2, 3, 255)],
        [-719162, micros("2024-02-29T12:30:00Z"), new Uint8Array(0)],
        [2932896, micros("9999-12-31T21:59:59.999Z") + 999n, null],
        [null, null, null],
        [null, null, null],
      ],
      malformed: 2,
    });
  });

  it("agrees with JSON.parse on random records and refuses their prefixes", () => {
    const schema = schemaOf({
      a: float64(),
      b: utf8(),
      c: list(bool()),
      d: struct({ e: utf8(), f: list(list(float64())) }),
    });
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
    const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
    const record = fc.record({
      a: nullable(number),
      b: nullable(fc.string({ unit: "grapheme" })),
      c: nullable(fc.array(nullable(fc.boolean()))),
      d: nullable(fc.record({ e: nullable(fc.string()), f: nullable(fc.array(nullable(fc.array(nullable(number))))) })),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), fc.nat(), (records, cut) => {
        const lines = records.map((value) => JSON.stringify(value));
        const expected = records.map(({ a, b, c, d }) => [a, b, c, d]);
        expect(read(schema, lines.join("\n"))).toEqual({ rows: expected, malformed: 0 });
        const broken = lines[0]?.slice(0, 1 + (cut % (lines[0].length - 1))) ?? "";
        const rest = lines.slice(1).join("\n");
        expect(read(schema, `${broken}\n${rest}`, "dropmalformed")).toEqual({ rows: expected.slice(1), malformed: 1 });
      }),
    );
  });
});

describe("malformed records", () => {
  const schema = schemaOf({ a: int32(), s: utf8(), _corrupt_record: utf8() });
  const text = '{"a":1,"s":"x"}\n{"a":"one","s":"y"}\n{"a":2,"s":"z"\n[1]\n{"a":3} x\n{"_corrupt_record":"mine","a":4}';

  it("stay, with their text, what fits of them, and a count", () => {
    expect(read(schema, text)).toEqual({
      rows: [
        [1, "x", null],
        [null, "y", '{"a":"one","s":"y"}'],
        [null, null, '{"a":2,"s":"z"'],
        [null, null, "[1]"],
        [null, null, '{"a":3} x'],
        [4, null, null],
      ],
      malformed: 4,
    });
  });

  it("are left out and counted when asked for", () => {
    const { rows, malformed } = read(schema, text, "dropmalformed");
    expect({ rows, malformed }).toEqual({
      rows: [
        [1, "x", null],
        [4, null, null],
      ],
      malformed: 4,
    });
  });

  it("fail the read when asked for, with the record", () => {
    expect(() => read(schema, text, "failfast")).toThrow(FormatError);
    expect(() => read(schema, text, "failfast")).toThrow(/MALFORMED_RECORD.*"one"/);
  });

  it("nested without end are refused, not a stack overflow", () => {
    expect(read(schema, `{"zz":${"[".repeat(200_000)}`).malformed).toBe(1);
  });
});

it("cuts chunks at 16,384 rows", () => {
  const reader = new JsonColumnsReader(schemaOf({ a: int32() }), { mode: "failfast" });
  const lines = new TextEncoder().encode(Array.from({ length: 40_000 }, (_, i) => `{"a":${i}}\n`).join(""));
  const chunks = [...reader.readLines(lines)];
  expect(chunks.map((chunk) => chunk.length)).toEqual([16_384, 16_384]);
  const rest = reader.finish();
  expect(rest?.length).toBe(40_000 - 32_768);
  expect(rest === null ? null : rowsOf(rest)[0]).toEqual([32_768]);
});

function escapeUnits(letter: string): string {
  return Array.from(
    { length: letter.length },
    (_, i) => `\\u${letter.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}
