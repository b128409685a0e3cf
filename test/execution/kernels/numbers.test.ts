import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import type { DataType } from "../../../src/types/data-type.js";
import { bool, float64, int32, int64, utf8 } from "../../../src/types/type-constructors.js";
import { duckdbText, sqlText } from "./duckdb.js";
import { run, type TestArgument } from "./vector-fixtures.js";

// Two columns of each type, with NULLs and edges. DuckDB fails a whole query for one overflow, so arithmetic gets values that
// stay in range; what overflows is in test/execution/expressions.

const ROWS = 160;
const sample = <T>(arbitrary: fc.Arbitrary<T>, edges: readonly T[], seed: number): (T | null)[] =>
  fc.sample(fc.oneof({ weight: 4, arbitrary }, { weight: 1, arbitrary: fc.constantFrom(null, ...edges) }), {
    numRuns: ROWS,
    seed,
  });

interface Columns {
  readonly type: DataType;
  readonly a: readonly unknown[];
  readonly b: readonly unknown[];
  readonly sql: (value: unknown) => string;
}

const INTS: Columns = {
  type: int32(),
  a: sample(fc.integer({ min: -40_000, max: 40_000 }), [0, 1, -1], 1),
  b: sample(fc.integer({ min: -9, max: 9 }), [40_000, -40_000], 2),
  sql: (value) => (value === null ? "NULL::INTEGER" : `${value}::INTEGER`),
};
const LONGS: Columns = {
  type: int64(),
  a: sample(fc.bigInt({ min: -(2n ** 59n), max: 2n ** 59n }), [0n, -1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n], 3),
  b: sample(fc.bigInt({ min: -7n, max: 7n }), [0n, 2n, -2n], 4),
  sql: (value) => (value === null ? "NULL::BIGINT" : `(${value})::BIGINT`),
};
const DOUBLES: Columns = {
  type: float64(),
  a: sample(fc.double(), [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5], 5),
  b: sample(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, 5e-324, 1.5],
    6,
  ),
  sql: (value) => (value === null ? "NULL::DOUBLE" : `'${Object.is(value, -0) ? "-0" : value}'::DOUBLE`),
};
const BOOLS: Columns = {
  type: bool(),
  a: sample(fc.boolean(), [true], 7),
  b: sample(fc.boolean(), [false], 8),
  sql: (value) => (value === null ? "NULL::BOOLEAN" : `${value}`),
};
const TEXTS: Columns = {
  type: utf8(),
  a: sample(fc.string({ unit: "binary", maxLength: 3 }), ["", "a", "é", "🂡", "\uffff"], 9).map(withoutZero),
  b: sample(fc.constantFrom("", "a", "ab", "b", "é"), ["🂡", "a longer text than most"], 10),
  sql: (value) => sqlText(value as string | null),
};
const NUMBERS = [
  ["int32", INTS],
  ["int64", LONGS],
  ["float64", DOUBLES],
] as const;
const ALL = [...NUMBERS, ["bool", BOOLS], ["utf8", TEXTS]] as const;

/** DuckDB's texts are C strings where they are literals. */
function withoutZero(text: string | null): string | null {
  return text?.replaceAll("\0", "0") ?? null;
}

/** Doubles print differently here and there, so they are compared as numbers, -0 as 0. */
function shown(value: unknown, type: DataType): unknown {
  if (value === null || type.kind !== "float64") return value === null ? null : String(value);
  const text = String(value);
  return Number(text.replace(/inf$/, "Infinity").replace(/-?nan/, "NaN")) + 0;
}

interface Case {
  readonly name: FunctionName;
  readonly columns: Columns;
  readonly type: DataType;
  readonly sql: string;
  readonly args?: readonly TestArgument[];
}

/** Only the rows for which `keep` is true; failing rows are not for DuckDB. */
async function compare({ name, columns, type, sql, args }: Case, keep: (b: unknown) => boolean = () => true) {
  const rows = columns.a.map((a, i) => [a, columns.b[i]] as const).filter(([, b]) => keep(b));
  const given = args ?? [
    { type: columns.type, values: rows.map(([a]) => a) },
    { type: columns.type, values: rows.map(([, b]) => b) },
  ];
  const actual = run({ name, args: given, type, length: rows.length });
  const expected = await duckdbText(
    sql,
    rows.map((row) => row.map(columns.sql)),
  );
  expect(actual.map((value) => shown(value, type))).toEqual(expected.map((value) => shown(value, type)));
}

describe.each(NUMBERS)("arithmetic of %s gives what DuckDB gives", (_, columns) => {
  const { type } = columns;
  it.each([
    ["plus", "a + b"],
    ["minus", "a - b"],
  ] as const)("%s", (name, sql) => compare({ name, columns, type, sql }));

  it("times", () => compare({ name: "times", columns, type, sql: "a * b" }));

  it("mod", () => compare({ name: "mod", columns, type, sql: "a % b" }, (b) => b === null || Number(b) !== 0));

  it.each([
    ["negate", "-a"],
    ["abs", "abs(a)"],
  ] as const)("%s", (name, sql) => compare({ name, columns, type, sql, args: [{ type, values: columns.a }] }));
});

it("dividedBy gives what DuckDB gives", () =>
  compare({ name: "dividedBy", columns: DOUBLES, type: float64(), sql: "a / b" }, (b) => b === null || b !== 0));

describe.each(ALL)("comparison of %s gives what DuckDB gives", (_, columns) => {
  it.each([
    ["eq", "a = b"],
    ["ne", "a <> b"],
    ["lt", "a < b"],
    ["le", "a <= b"],
    ["gt", "a > b"],
    ["ge", "a >= b"],
    ["eqNullSafe", "a IS NOT DISTINCT FROM b"],
  ] as const)("%s of columns, and with a constant on either side", async (name, sql) => {
    await compare({ name, columns, type: bool(), sql });
    const constant = columns.b.find((value) => value !== null) as string;
    const { type } = columns;
    const [left, right] = [
      { type, values: columns.a },
      { type, constant },
    ];
    const literal = columns.sql(constant);
    await compare({ name, columns, type: bool(), sql: sql.replace("b", literal), args: [left, right] });
    await compare({
      name,
      columns,
      type: bool(),
      sql: sql.replace("a", literal).replace(/b$/, "a"),
      args: [right, left],
    });
  });

  it("greatest, least and coalesce", async () => {
    const { type } = columns;
    await compare({ name: "greatest", columns, type, sql: "greatest(a, b)" });
    await compare({ name: "least", columns, type, sql: "least(a, b)" });
    await compare({ name: "coalesce", columns, type, sql: "coalesce(a, b)" });
  });

  it.each([1, 3, 12])("isin of %i constants, with and without NULL among them", async (count) => {
    const { type } = columns;
    const constants = columns.a.slice(0, count).map((value) => (value === null ? columns.b[0] : value)) as string[];
    for (const items of [constants, [...constants, null]]) {
      const args: TestArgument[] = [
        { type, values: columns.a },
        ...items.map((constant): TestArgument => ({ type, constant })),
      ];
      const sql = `a IN (${items.map(columns.sql).join(", ")})`;
      await compare({ name: "isin", columns, type: bool(), sql, args });
    }
  });

  it("isin of a column", () => compare({ name: "isin", columns, type: bool(), sql: "a IN (b)" }));

  it.each([
    ["isNull", "a IS NULL"],
    ["isNotNull", "a IS NOT NULL"],
  ] as const)("%s", (name, sql) =>
    compare({ name, columns, type: bool(), sql, args: [{ type: columns.type, values: columns.a }] }),
  );
});

describe("three-valued logic gives what DuckDB gives", () => {
  it.each([
    ["and", "a AND b"],
    ["or", "a OR b"],
  ] as const)("%s", (name, sql) => compare({ name, columns: BOOLS, type: bool(), sql }));

  it("not", () =>
    compare({ name: "not", columns: BOOLS, type: bool(), sql: "NOT a", args: [{ type: bool(), values: BOOLS.a }] }));
});

describe("whole numbers of doubles give what DuckDB gives", () => {
  const values = DOUBLES.a.map((value) => (value !== null && Math.abs(value as number) < 1e15 ? value : 2.5));
  const columns = { ...DOUBLES, a: values };
  it.each([
    ["floor", "CAST(floor(a) AS BIGINT)"],
    ["ceil", "CAST(ceil(a) AS BIGINT)"],
  ] as const)("%s", (name, sql) => compare({ name, columns, type: int64(), sql, args: [{ type: float64(), values }] }));
});

it("round is what decimal arithmetic says, for any double and any places", async () => {
  const values = fc.sample(
    fc.oneof(
      fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1000),
      fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 2),
      fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    ),
    { numRuns: 600, seed: 14 },
  );
  for (const places of [0, 1, 2, 5, -1, -3]) {
    const args = [
      { type: float64(), values },
      { type: int32(), constant: places },
    ];
    const got = run({ name: "round", args, type: float64(), length: values.length });
    expect(got).toEqual(values.map((value) => decimalRound(value, places)));
  }
});

/** Half up on the digits of the shortest decimal form, in whole numbers. */
function decimalRound(value: number, places: number): number {
  const [, whole, fraction = "", exponent = "0"] =
    /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(Math.abs(value))) ?? [];
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction) * (scale < 0 ? 10n ** BigInt(-scale) : 1n);
  const drop = Math.max(0, scale) - places;
  if (drop <= 0) return value;
  const unit = 10n ** BigInt(drop);
  const rounded = (digits + unit / 2n) / unit;
  const result = Number(`${rounded}e${-places}`);
  return value < 0 && result !== 0 ? -result : result;
}
