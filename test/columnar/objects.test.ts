import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkOf } from "../../src/columnar/chunk-of.js";
import { chunkFromObjects, inferSchema } from "../../src/columnar/from-objects.js";
import { toObjects } from "../../src/columnar/to-objects.js";
import type { DataType } from "../../src/types/data-type.js";
import { formatSchema } from "../../src/types/format-type.js";
import {
  binary,
  bool,
  date,
  field,
  float64,
  int32,
  int64,
  list,
  required,
  schema,
  schemaOf,
  struct,
  timestamp,
  utf8,
} from "../../src/types/type-constructors.js";
import { anyGuise, anyType, anyValue, columnOf, inGuise } from "./arbitrary-column.js";

const at = new Date("2024-05-19T12:30:00.123Z");

describe("inferSchema", () => {
  it("knows JavaScript's values, from any row", () => {
    const rows = [
      { n: 1, at, tags: [] },
      { n: null, big: 1n, s: "x", ok: true, tags: ["a", null], bytes: new Uint8Array(1), user: { id: 1 } },
      { user: { name: "y" } },
    ];
    expect(formatSchema(inferSchema(rows))).toBe(
      "n double, at timestamp, tags array<string>, big bigint, s string, ok boolean, bytes binary, user struct<id: double, name: string>",
    );
  });

  it.each<[readonly Record<string, unknown>[], string]>([
    [[{ a: 1, b: null }], "Column 'b' has no value in any row"],
    [[{ a: [] }], "Column 'a.element' has no value in any row"],
    [[{ a: { b: null } }], "Column 'a.b' has no value in any row"],
    [[{ a: 1 }, { a: "x" }], "Column 'a' has values of type double and of type string"],
    [[{ a: 1 }, { a: 1n }], "Column 'a' has values of type double and of type bigint"],
    [[{ a: () => 1 }], "Column 'a' has a value of type function"],
    [[], "The rows have no columns"],
  ])("refuses to guess %#", (rows, what) => {
    expect(() => inferSchema(rows)).toThrow(`TYPE_NOT_INFERRED: ${what}`);
  });
});

describe("chunkFromObjects", () => {
  it("takes what a type can hold", () => {
    const all = schemaOf({
      i: int32(),
      l: int64(),
      f: float64(),
      s: utf8(),
      b: binary(),
      ok: bool(),
      d: date(),
      t: timestamp(),
      a: list(int32()),
      o: struct({ x: int32() }),
    });
    const rows = [
      { i: 1, l: 2, f: 1.5, s: "ä", b: Buffer.from([1, 2]), ok: false, d: at, t: at, a: [1, null], o: { x: 1 } },
      {
        i: 3n,
        l: 2n ** 60n,
        f: Number.NaN,
        s: "",
        b: new Uint8Array(0),
        ok: true,
        d: -1,
        t: -1n,
        a: [],
        o: { x: null },
      },
      {},
    ];
    expect(toObjects(chunkFromObjects(all, rows), { int64: "bigint", timestamp: "micros" })).toEqual([
      {
        i: 1,
        l: 2n,
        f: 1.5,
        s: "ä",
        b: Uint8Array.of(1, 2),
        ok: false,
        d: 19862,
        t: 1_716_121_800_123_000n,
        a: [1, null],
        o: { x: 1 },
      },
      { i: 3, l: 2n ** 60n, f: Number.NaN, s: "", b: Uint8Array.of(), ok: true, d: -1, t: -1n, a: [], o: { x: null } },
      { i: null, l: null, f: null, s: null, b: null, ok: null, d: null, t: null, a: null, o: null },
    ]);
  });

  it.each<[string, DataType, unknown, string]>([
    ["int32", int32(), 1.5, "the number 1.5 in column 'v' of type int"],
    ["int32", int32(), 2 ** 31, "the number 2147483648"],
    ["int64", int64(), 2 ** 53, "the number 9007199254740992"],
    ["int64", int64(), 2n ** 63n, "the bigint 9223372036854775808"],
    ["float64", float64(), "1", "the text '1'"],
    ["float64", float64(), 1n, "the bigint 1"],
    ["utf8", utf8(), 1, "the number 1"],
    ["bool", bool(), 1, "the number 1"],
    ["binary", binary(), "x", "the text 'x'"],
    ["timestamp", timestamp(), 5, "the number 5"],
    ["timestamp", timestamp(), new Date(Number.NaN), "the Date Invalid Date"],
    ["date", date(), "2024-01-01", "the text '2024-01-01'"],
    ["list", list(int32()), 5, "the number 5"],
    ["list", list(int32()), [1, "x"], "the text 'x' in column 'v.element' of type int"],
    ["struct", struct({ x: int32() }), [1], "an array"],
    ["struct", struct({ x: int32() }), { x: true }, "the boolean true in column 'v.x' of type int"],
  ])("refuses what is no %s (%#), naming row, column, value and type", (_, type, value, what) => {
    const rows = [{ v: null }, { v: value }];
    expect(() => chunkFromObjects(schemaOf({ v: type }), rows)).toThrow(`VALUE_TYPE_MISMATCH: Row 1 has ${what}`);
  });

  it("refuses a missing value where one is required", () => {
    expect(() => chunkFromObjects(schemaOf({ id: required(int32()) }), [{ id: 1 }, {}])).toThrow(
      /^NULL_NOT_ALLOWED: Column 'id' may not be NULL, but row 1/,
    );
    expect(() => chunkFromObjects(schemaOf({ s: struct({ x: required(int32()) }) }), [{ s: {} }])).toThrow(
      /^NULL_NOT_ALLOWED: Column 's.x'/,
    );
  });

  it("takes no property that every object has for a column", () => {
    const of = schemaOf({ constructor: utf8(), n: int32() });
    expect(toObjects(chunkFromObjects(of, [{ n: 1 } as never]))).toEqual([
      Object.fromEntries([
        ["constructor", null],
        ["n", 1],
      ]),
    ]);
  });
});

describe("toObjects", () => {
  const one = (type: DataType, value: unknown): ReturnType<typeof chunkOf> =>
    chunkOf(schema([field("v", type)]), [columnOf(type, [value])], 1);

  it("refuses an int64 that a number cannot hold, and gives it as bigint when asked", () => {
    expect(toObjects(one(int64(), 2n ** 53n - 1n))).toEqual([{ v: 2 ** 53 - 1 }]);
    expect(() => toObjects(one(int64(), 2n ** 53n))).toThrow(/^INT64_UNSAFE: Row 0 has 9007199254740992 in column 'v'/);
    expect(toObjects(one(int64(), 2n ** 53n), { int64: "bigint" })).toEqual([{ v: 2n ** 53n }]);
  });

  it("does not look at what stands below a NULL struct", () => {
    const type = struct({ x: int64() });
    const children = [columnOf(int64(), [1n, 2n ** 60n])];
    const structs = {
      layout: "struct" as const,
      type,
      length: 2,
      nullCount: 1,
      validity: Uint8Array.of(1, 0),
      children,
    };
    expect(toObjects(chunkOf(schemaOf({ v: type }), [structs], 2))).toEqual([{ v: { x: 1 } }, { v: null }]);
  });

  it("gives timestamps and dates in three shapes", () => {
    const micros = 1_716_121_800_123_456n;
    expect(toObjects(one(timestamp(), micros))).toEqual([{ v: at }]);
    expect(toObjects(one(timestamp(), -1n))).toEqual([{ v: new Date(-1) }]);
    expect(toObjects(one(timestamp(), micros), { timestamp: "micros" })).toEqual([{ v: micros }]);
    expect(toObjects(one(timestamp(), micros), { timestamp: "iso" })).toEqual([{ v: "2024-05-19T12:30:00.123456Z" }]);
    expect(toObjects(one(timestamp(null), 0n), { timestamp: "iso" })).toEqual([{ v: "1970-01-01T00:00:00.000" }]);
    expect(toObjects(one(date(), -1))).toEqual([{ v: new Date("1969-12-31") }]);
    expect(toObjects(one(date(), -1), { timestamp: "iso" })).toEqual([{ v: "1969-12-31" }]);
    expect(toObjects(one(date(), -1), { timestamp: "micros" })).toEqual([{ v: -1 }]);
  });

  it("writes ISO text as Date does, over the range of Date", () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (value) => {
        expect(toObjects(one(timestamp(), BigInt(value.getTime()) * 1000n), { timestamp: "iso" })).toEqual([
          { v: value.toISOString() },
        ]);
      }),
    );
  });

  it("keeps a column named __proto__ apart from the prototype", () => {
    const of = schema([
      field("__proto__", int32()),
      field("o", Object.freeze({ kind: "struct", fields: [field("__proto__", int32())] })),
    ]);
    const rows = toObjects(chunkFromObjects(of, [JSON.parse('{"__proto__": 1, "o": {"__proto__": 2}}')]));
    expect(JSON.stringify(rows)).toBe('[{"__proto__":1,"o":{"__proto__":2}}]');
    expect(Object.getPrototypeOf(rows[0])).toBe(Object.prototype);
  });

  it("gives only the selected rows", () => {
    const chunk = { ...chunkOf(schemaOf({ v: int32() }), [columnOf(int32(), [1, 2, 3])], 3), sel: Int32Array.of(0, 2) };
    expect(toObjects(chunk)).toEqual([{ v: 1 }, { v: 3 }]);
  });

  it("and chunkFromObjects undo each other, for any type in any guise", () => {
    const cases = anyType.chain((type) =>
      fc.tuple(fc.constant(type), fc.array(anyValue(type), { maxLength: 10 }), anyGuise),
    );
    const shapes = fc.constantFrom({ int64: "bigint" as const, timestamp: "micros" as const });
    fc.assert(
      fc.property(cases, shapes, ([type, values, guise], shape) => {
        const of = schema([field("v", type)]);
        const rows = toObjects(chunkOf(of, [inGuise(type, values, guise)], values.length), shape);
        expect(rows).toEqual(values.map((v) => ({ v })));
        expect(toObjects(chunkFromObjects(of, rows), shape)).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });
});
