import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import type { DataType } from "../../../src/types/data-type.js";
import { bool, int32, utf8 } from "../../../src/types/type-constructors.js";
import { duckdbText, sqlText } from "./duckdb.js";
import { run, type TestArgument } from "./vector-fixtures.js";

const EDGES = ["", " ", "  a b ", "abc", "ABC", "ß", "éÉ", "日本語", "a😀b", "😀", "\t x\n", "it's", "%_", "İ", null];
const SEEDED = fc.sample(
  fc.option(fc.string({ unit: fc.constantFrom("a", "b", "B", " ", "é", "日", "😀", "z"), maxLength: 9 })),
  { numRuns: 120, seed: 42 },
);
const TEXTS = [...EDGES, ...SEEDED];
const text: TestArgument = { type: utf8(), values: TEXTS };

function apply(name: FunctionName, call: { args: TestArgument[]; type: DataType }): unknown[] {
  return run({ name, ...call, length: TEXTS.length });
}

/** Values as DuckDB prints them. */
function shown(values: readonly unknown[]): (string | null)[] {
  return values.map((value) => (value === null ? null : String(value)));
}

function rows(...columns: (readonly string[])[]): string[][] {
  return TEXTS.map((each, i) => [sqlText(each), ...columns.map((column) => column[i])]);
}

describe("text kernels give what DuckDB gives", () => {
  it("upper and lower, but for signs that become two", async () => {
    const simple = TEXTS.map((each) => (each === "ß" || each === "İ" ? "x" : each));
    const args = [{ type: utf8(), values: simple }];
    const literals = simple.map((each) => [sqlText(each)]);
    expect(apply("upper", { args, type: utf8() })).toEqual(await duckdbText("upper(a)", literals));
    expect(apply("lower", { args, type: utf8() })).toEqual(await duckdbText("lower(a)", literals));
  });

  it("length counts code points", async () => {
    const got = apply("length", { args: [text], type: int32() });
    expect(shown(got)).toEqual(await duckdbText("length(a)", rows()));
  });

  it("trim takes spaces only", async () => {
    expect(apply("trim", { args: [text], type: utf8() })).toEqual(await duckdbText("trim(a, ' ')", rows()));
  });

  it("concat of columns and constants", async () => {
    const args: TestArgument[] = [text, { type: utf8(), constant: "-é-" }, text];
    expect(apply("concat", { args, type: utf8() })).toEqual(await duckdbText("a || '-é-' || a", rows()));
    const one: TestArgument[] = [{ type: utf8(), constant: "<" }, text];
    expect(apply("concat", { args: one, type: utf8() })).toEqual(await duckdbText("'<' || a", rows()));
  });

  it.each(["", "a", "é", "😀", "b ", "日本"])(
    "startsWith, endsWith and contains of the constant '%s'",
    async (needle) => {
      const args: TestArgument[] = [text, { type: utf8(), constant: needle }];
      const like = sqlText(needle);
      const found = [
        ["startsWith", `starts_with(a, ${like})`],
        ["endsWith", `ends_with(a, ${like})`],
        ["contains", `contains(a, ${like})`],
      ] as const;
      for (const [name, sql] of found)
        expect(shown(apply(name, { args, type: bool() }))).toEqual(await duckdbText(sql, rows()));
    },
  );

  it("startsWith, endsWith and contains of a column", async () => {
    const needles = TEXTS.map((each, i) => (i % 5 === 0 ? null : [...(each ?? "")].slice(0, 1).join("")));
    const args: TestArgument[] = [text, { type: utf8(), values: needles }];
    const literals = rows(needles.map((each) => sqlText(each)));
    for (const [name, sql] of [
      ["startsWith", "starts_with(a, b)"],
      ["endsWith", "ends_with(a, b)"],
      ["contains", "contains(a, b)"],
    ] as const)
      expect(shown(apply(name, { args, type: bool() }))).toEqual(await duckdbText(sql, literals));
  });

  it("substring inside the text, with constants and columns", async () => {
    for (const [position, length] of [
      [1, 2],
      [2, 1],
      [3, 100],
      [-1, 1],
      [100, 2],
    ]) {
      const args: TestArgument[] = [text, { type: int32(), constant: position }, { type: int32(), constant: length }];
      const expected = await duckdbText(`substring(a, ${position}, ${length})`, rows());
      expect(apply("substring", { args, type: utf8() })).toEqual(expected);
    }
    const positions = TEXTS.map((_, i) => (i % 7 === 0 ? null : (i % 5) + 1));
    const args: TestArgument[] = [text, { type: int32(), values: positions }];
    const expected = await duckdbText(
      "substring(a, b)",
      rows(positions.map((each) => (each === null ? "NULL" : String(each)))),
    );
    expect(apply("substring", { args, type: utf8() })).toEqual(expected);
  });
});

describe("text kernels give what Spark gives where DuckDB differs", () => {
  it("upper and lower change the number of signs", () => {
    const args: TestArgument[] = [{ type: utf8(), values: ["straße", "ΑΣ", "ŉ"] }];
    expect(run({ name: "upper", args, type: utf8(), length: 3 })).toEqual(["STRASSE", "ΑΣ", "ʼN"]);
    expect(run({ name: "lower", args, type: utf8(), length: 3 })).toEqual(["straße", "ας", "ŉ"]);
  });

  it.each([
    ["abc", 0, 2, "ab"],
    ["abc", -5, 3, "a"],
    ["abc", -5, 2, ""],
    ["abc", -2, 1, "b"],
    ["abc", 2, 0, ""],
    ["abc", 2, -1, ""],
    ["abc", 4, 1, ""],
    ["😀é日", -2, 2, "é日"],
    ["abc", 2, 2147483647, "bc"],
    ["abc", -2147483648, 2147483647, "ab"],
  ])("substring('%s', %i, %i)", (value, position, length, expected) => {
    const args: TestArgument[] = [
      { type: utf8(), values: [value, null] },
      { type: int32(), constant: position },
      { type: int32(), constant: length },
    ];
    expect(run({ name: "substring", args, type: utf8(), length: 2 })).toEqual([expected, null]);
  });

  it("a NULL argument makes every row NULL", () => {
    const args: TestArgument[] = [text, { type: utf8(), constant: null }];
    expect(apply("contains", { args, type: bool() })).toEqual(TEXTS.map(() => null));
  });
});
