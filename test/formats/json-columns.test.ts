import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BytesColumn, Column, DictionaryColumn } from "../../src/columnar/column.js";
import { columnBuilder } from "../../src/columnar/column-builder.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { formatJsonColumn } from "../../src/formats/format-json-column.js";
import { inferJsonSchema } from "../../src/formats/infer-json-schema.js";
import { parseJsonColumn } from "../../src/formats/parse-json-column.js";
import type { DataType } from "../../src/types/data-type.js";
import { formatSchema } from "../../src/types/format-type.js";
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
} from "../../src/types/type-constructors.js";

function column(type: DataType, values: readonly unknown[]): Column {
  const builder = columnBuilder(type);
  for (const value of values) value === null ? builder.appendNull() : builder.append(value);
  return builder.finish();
}

const texts = (values: readonly (string | null)[]): BytesColumn => column(utf8(), values) as BytesColumn;
const all = (count: number) => ({ sel: null, count });
const valuesOf = (of: Column): unknown[] => Array.from({ length: of.length }, (_, row) => valueAt(of, row));

describe("fromJson", () => {
  const type = struct({ a: int32(), b: utf8() });

  it("reads structs; what is no object is a struct of NULLs, blank text and null are NULL", () => {
    const input = texts(['{"a":1,\n "b":"x"}', null, "", "  ", "null", "{", "[1]", '{"a":"no","b":"y"}', "{}"]);
    const nothing = { a: null, b: null };
    expect(valuesOf(parseJsonColumn(input, all(9), type))).toEqual([
      { a: 1, b: "x" },
      null,
      null,
      null,
      null,
      nothing,
      nothing,
      { a: null, b: "y" },
      nothing,
    ]);
  });

  it("reads rows alike whatever the members of the rows before were: their order, white space, escapes, unknown and equal ones", () => {
    const names = fc.constantFrom("a", "b", "c", "longer than a word", "a\\u0062", "\\u0061", "ä");
    const blank = fc.constantFrom("", "", " ", "\n\t ");
    const value = fc.constantFrom(
      "1",
      "-20",
      "null",
      '"x"',
      '"a long text, and more"',
      '"\\n"',
      '"é"',
      "[1,{}]",
      '{"a":2}',
      "1.5",
    );
    const member = fc
      .tuple(blank, names, blank, blank, value, blank)
      .map(([u, name, v, w, of, x]) => `${u}"${name}"${v}:${w}${of}${x}`);
    const record = fc.array(member, { maxLength: 5 }).map((members) => `{${members.join(",")}}`);
    const wide = struct({ a: int32(), b: utf8(), "longer than a word": utf8(), ab: utf8(), ä: float64() });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), (records) => {
        const together = valuesOf(parseJsonColumn(texts(records), all(records.length), wide));
        const alone = records.map((one) => valuesOf(parseJsonColumn(texts([one]), all(1), wide))[0]);
        expect(together).toEqual(alone);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps more members in mind than there is room for, and names of any length", () => {
    const members = Array.from({ length: 100 }, (_, i) => `"${"n".repeat(i)}":${i}`).join(",");
    const long = "n".repeat(99);
    const input = texts([`{${members}}`, `{"n":5,${members}}`, `{${members},"n":6}`]);
    const read = valuesOf(parseJsonColumn(input, all(3), struct({ [long]: int32(), n: int32() })));
    expect(read).toEqual([
      { [long]: 99, n: 1 },
      { [long]: 99, n: 1 },
      { [long]: 99, n: 6 },
    ]);
  });

  it("finds the end of a string wherever it is, and whatever stands in it", () => {
    for (const odd of ['\\"', "\\\\", "ä", "\u{1f600}", "\\u00e4", "\u007f"]) {
      for (let at = 0; at < 12; at++) {
        const text = `"${"x".repeat(at)}${odd}${"y".repeat(11 - at)}"`;
        expect(valuesOf(parseJsonColumn(texts([text, `[${text}]`]), all(2), utf8()))[0]).toBe(JSON.parse(text));
        const skipped = texts([
          `{"skip":${text},"a":7}`,
          `{"a":8,"skip":${text}}`,
          `{"a":9,"skip":${text.replace(odd, "\u0001")}}`,
        ]);
        expect(valuesOf(parseJsonColumn(skipped, all(3), struct({ a: int32() })))).toEqual([
          { a: 7 },
          { a: 8 },
          { a: null },
        ]);
      }
    }
  });

  it("reads lists and bare values; what cannot be read is NULL", () => {
    expect(valuesOf(parseJsonColumn(texts(["[1,2]", "[1,", "3"]), all(3), list(int64())))).toEqual([
      [1n, 2n],
      null,
      null,
    ]);
    expect(valuesOf(parseJsonColumn(texts(["1.5", "x"]), all(2), float64()))).toEqual([1.5, null]);
  });

  it("looks at selected rows only and keeps physical rows aligned", () => {
    const input = texts(["[1]", "[2]", "[3]"]);
    const out = parseJsonColumn(input, { sel: Int32Array.of(2), count: 1 }, list(int32()));
    expect(out.length).toBe(3);
    expect(valueAt(out, 2)).toEqual([3]);
  });

  it("reads each word of a dictionary once and keeps NULLs", () => {
    const dictionary = texts(['{"a":1}', '{"a":2}']);
    const input: DictionaryColumn = {
      layout: "dictionary",
      type: utf8(),
      length: 4,
      nullCount: 1,
      validity: Uint8Array.of(1, 0, 1, 1),
      indices: Int32Array.of(1, 0, 0, 1),
      dictionary,
    };
    const of = (a: number): unknown => ({ a, b: null });
    expect(valuesOf(parseJsonColumn(input, all(4), type))).toEqual([of(2), null, of(1), of(2)]);
  });
});

describe("toJson", () => {
  it("writes Spark's text: NULL fields left out, NULL elements kept", () => {
    const type = struct({ a: int64(), b: list(utf8()), c: struct({ d: float64() }) });
    const input = column(type, [
      { a: -5n, b: ['q"\\\n\u0001', null], c: { d: 1 } },
      { a: 9223372036854775807n, b: [], c: { d: null } },
      { a: null, b: null, c: null },
      null,
    ]);
    expect(valuesOf(formatJsonColumn(input, all(4)))).toEqual([
      '{"a":-5,"b":["q\\"\\\\\\n\\u0001",null],"c":{"d":1.0}}',
      '{"a":9223372036854775807,"b":[],"c":{}}',
      "{}",
      null,
    ]);
  });

  it("writes times, bytes and doubles", () => {
    const type = struct({ t: timestamp(), u: timestamp(), d: date(), n: binary(), f: list(float64()), b: bool() });
    const value = {
      t: 1_500_000n,
      u: -1n,
      d: 19782,
      n: Uint8Array.of(255, 1),
      f: [1e10, 1e-5, Number.NaN, -0, 123.25],
      b: false,
    };
    const text =
      '{"t":"1970-01-01T00:00:01.500Z","u":"1969-12-31T23:59:59.999999Z","d":"2024-02-29","n":"/wE=","f":[1.0E10,1.0E-5,"NaN",-0.0,123.25],"b":false}';
    expect(valuesOf(formatJsonColumn(column(type, [value]), all(1)))).toEqual([text]);
  });

  it("is read back by fromJson", () => {
    const type = struct({ a: int64(), s: utf8(), l: list(struct({ x: float64() })), t: timestamp(), n: binary() });
    const values = [
      { a: -1n, s: 'é😀"', l: [{ x: 0.1 }, null, { x: null }], t: 1_709_209_800_123_456n, n: Uint8Array.of(1, 2, 3) },
      { a: 123456789n, s: "", l: [], t: -86_400_000_000n, n: new Uint8Array(0) },
    ];
    const text = formatJsonColumn(column(type, values), all(2));
    expect(valuesOf(parseJsonColumn(text, all(2), type))).toEqual(values);
  });
});

describe("schema of JSON lines", () => {
  const infer = (text: string, records = 100) => {
    const { schema, malformed } = inferJsonSchema(new TextEncoder().encode(text), records);
    return { schema: formatSchema(schema), malformed };
  };

  it("finds the narrowest type that holds all values, in order of appearance", () => {
    const text = [
      '{"i":1,"f":1,"s":"x","m":1,"n":null,"b":true}',
      '{"i":9007199254740993,"f":1.5,"s":"2024-01-01","m":"a","b":null,"late":[1,2.5,null]}',
      '{"st":{"a":1}}',
      '{"st":{"b":[{"c":2}]},"e":[]}',
    ].join("\n");
    expect(infer(text).schema).toBe(
      "i bigint, f double, s string, m string, n string, b boolean, late array<double>, st struct<a: bigint, b: array<struct<c: bigint>>>, e array<string>",
    );
  });

  it("takes whole numbers beyond 64 bits as doubles", () => {
    expect(infer('{"a":9223372036854775808,"b":-9223372036854775808}').schema).toBe("a double, b bigint");
  });

  it("counts records that are no objects and looks at no more than asked for", () => {
    expect(infer('[1]\n{"a":1}\n{"a"\n{"a":1.5}')).toEqual({ schema: "a double", malformed: 2 });
    expect(infer('{"a":1}\n{"a":1.5}', 1).schema).toBe("a bigint");
  });
});
