import { describe, expect, it } from "vitest";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { javaDouble } from "../../src/formats/java-double.js";
import { formatTable, type TableOptions } from "../../src/formats/text-table.js";
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

const table = (schema: Schema, rows: readonly Record<string, unknown>[], options?: TableOptions): string =>
  formatTable(schema, rows.length === 0 ? [] : [chunkFromObjects(schema, rows)], options);

describe("tables", () => {
  it("look like Spark's", () => {
    const schema = schemaOf({ word: utf8(), count: int64() });
    const rows = [
      { word: "apache", count: 1n },
      { word: null, count: 23n },
    ];
    expect(table(schema, rows)).toBe(
      [
        "+------+-----+",
        "|  word|count|",
        "+------+-----+",
        "|apache|    1|",
        "|  NULL|   23|",
        "+------+-----+",
        "",
      ].join("\n"),
    );
  });

  it("print values of every type as Spark does", () => {
    const type = struct({ start: timestamp(), end: timestamp() });
    const schema = schemaOf({ w: type, d: date(), x: float64(), n: binary(), l: list(int32()), b: bool() });
    const start = new Date("2024-01-01T00:00:00Z");
    const row = {
      w: { start, end: new Date("2024-01-01T00:05:00.500Z") },
      d: new Date("2024-01-01"),
      x: 1e10,
      n: Uint8Array.of(0x61, 0xab),
      l: [1, null],
      b: true,
    };
    const lines = table(schema, [row], { truncate: false }).split("\n");
    expect(lines[3]).toBe("|{2024-01-01 00:00:00, 2024-01-01 00:05:00.5}|2024-01-01|1.0E10|[61 AB]|[1, NULL]|true|");
  });

  it("show times on the clock of their zone", () => {
    const schema = schemaOf({ at: timestamp("America/New_York"), wall: timestamp(null) });
    const at = new Date("2024-07-01T12:00:00Z");
    expect(table(schema, [{ at, wall: at }])).toContain("|2024-07-01 08:00:00|2024-07-01 12:00:00|");
  });

  it("cut long cells to 20 characters, or not at all, then standing to the left", () => {
    const schema = schemaOf({ text: utf8() });
    const rows = [{ text: "abcdefghijklmnopqrstuvwxyz" }, { text: "a\tb\nc" }];
    expect(table(schema, rows)).toContain("|abcdefghijklmnopq...|\n|             a\\tb\\nc|");
    expect(table(schema, rows, { truncate: false })).toContain(
      "|abcdefghijklmnopqrstuvwxyz|\n|a\\tb\\nc                   |",
    );
    expect(table(schema, rows, { truncate: 2 })).toContain("| ab|\n| a\\|");
  });

  it("show the first rows and say that there are more", () => {
    const schema = schemaOf({ n: int32() });
    const rows = Array.from({ length: 25 }, (_, n) => ({ n }));
    const lines = table(schema, rows).split("\n");
    expect(lines.length).toBe(3 + 20 + 3);
    expect(lines.at(-2)).toBe("only showing top 20 rows");
    expect(table(schema, rows, { numRows: 1 })).toContain("only showing top 1 row\n");
    expect(table(schema, [])).toBe("+---+\n|  n|\n+---+\n+---+\n");
  });

  it("count wide characters twice", () => {
    expect(table(schemaOf({ 名: utf8() }), [{ 名: "데이터" }])).toBe(
      "+------+\n|    名|\n+------+\n|데이터|\n+------+\n",
    );
  });

  it("are never wider than the terminal", () => {
    const schema = schemaOf({ a: utf8(), b: utf8(), c: int32() });
    const rows = [{ a: "x".repeat(18), b: "y".repeat(12), c: 1 }];
    for (let width = 5; width < 50; width++) {
      const lines = table(schema, rows, { width }).split("\n");
      for (const line of lines.filter((text) => /^[+|]/.test(text))) expect(line.length).toBeLessThanOrEqual(width);
    }
    expect(table(schema, rows, { width: 27 })).toContain("|xxxxxxx...|yyyyyyy...|  1|");
    expect(table(schema, rows, { width: 8 })).toContain("only showing the first 1 of 3 columns");
  });
});

it("prints doubles as Java does", () => {
  const cases: [number, string][] = [
    [1, "1.0"],
    [0, "0.0"],
    [-0, "-0.0"],
    [1e7, "1.0E7"],
    [9999999.5, "9999999.5"],
    [0.001, "0.001"],
    [0.0001, "1.0E-4"],
    [1.25e-300, "1.25E-300"],
    [-123456789, "-1.23456789E8"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ];
  for (const [value, text] of cases) expect(javaDouble(value)).toBe(text);
});
