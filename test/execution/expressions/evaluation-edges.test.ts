import { describe, expect, it } from "vitest";
import type { Column } from "../../../src/columnar/column.js";
import { chunkFromObjects } from "../../../src/columnar/from-objects.js";
import { nullColumn } from "../../../src/columnar/null-column.js";
import { valueAt } from "../../../src/columnar/value-at.js";
import { ExpressionError, type MillraceError } from "../../../src/common/millrace-error.js";
import { compileExpressions, compilePredicate } from "../../../src/execution/expressions/compile-expression.js";
import type { Expression } from "../../../src/expressions/expression.js";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import { resolveExpression } from "../../../src/plan/resolve-expression.js";
import type { DataType, Schema } from "../../../src/types/data-type.js";
import { float64, int32, int64, timestamp, utf8 } from "../../../src/types/type-constructors.js";

const CONTEXT = { batchId: 0, batchTime: 0n };
const SCHEMA: Schema = {
  fields: [
    { name: "a", type: int32(), nullable: true },
    { name: "b", type: int32(), nullable: true },
    { name: "l", type: int64(), nullable: true },
    { name: "f", type: float64(), nullable: true },
    { name: "s", type: utf8(), nullable: true },
  ],
};

const col = (name: string): Expression => ({ kind: "column", name });
const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });
const cast = (input: Expression, type: DataType, safe = false): Expression => ({ kind: "cast", input, type, safe });
const int = (value: number | null): Expression => ({ kind: "literal", type: int32(), value });
const long = (value: bigint): Expression => ({ kind: "literal", type: int64(), value });
const double = (value: number): Expression => ({ kind: "literal", type: float64(), value });
const text = (value: string): Expression => ({ kind: "literal", type: utf8(), value });
const when = (condition: Expression, then: Expression, otherwise: Expression | null): Expression => ({
  kind: "case",
  branches: [{ when: condition, then }],
  otherwise,
});

interface TestRow {
  readonly a?: number | null;
  readonly b?: number | null;
  readonly l?: bigint | null;
  readonly f?: number | null;
  readonly s?: string | null;
}

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

describe.each([{ codegen: true }, { codegen: false }])("codegen $codegen", (options) => {
  const evaluated = (expression: Expression, rows: readonly TestRow[], sel: Int32Array | null = null): Column => {
    const [column] = compileExpressions([resolveExpression(expression, SCHEMA)], options).evaluate(
      { ...chunk(rows), sel },
      CONTEXT,
    );
    return column;
  };
  const one = (expression: Expression, row: TestRow = {}): unknown => valueAt(evaluated(expression, [row]), 0);
  const failing = (expression: Expression, row: TestRow = {}): MillraceError => errorOf(() => one(expression, row));
  const chosen = (condition: Expression, rows: readonly TestRow[], sel: Int32Array | null = null) =>
    compilePredicate(resolveExpression(condition, SCHEMA), options).select({ ...chunk(rows), sel }, CONTEXT);

  it("refuses integers that leave their type", () => {
    for (const expression of [
      call("plus", int(2 ** 31 - 1), col("a")),
      call("minus", int(-(2 ** 31)), col("a")),
      call("times", int(2 ** 30), call("plus", col("a"), col("a"))),
      call("negate", call("minus", int(-(2 ** 31) + 1), col("a"))),
      call("abs", call("minus", int(-(2 ** 31) + 1), col("a"))),
      call("plus", long(MAX), cast(col("a"), int64())),
      call("minus", long(MIN), cast(col("a"), int64())),
      call("times", long(2n ** 62n), call("plus", cast(col("a"), int64()), long(1n))),
      call("negate", col("l")),
      call("abs", col("l")),
    ]) {
      expect(failing(expression, { a: 1, l: MIN }).code).toBe("ARITHMETIC_OVERFLOW");
    }
  });

  it("computes up to the edges of int64", () => {
    expect(one(call("plus", col("l"), long(1n)), { l: MAX - 1n })).toBe(MAX);
    expect(one(call("minus", col("l"), long(1n)), { l: MIN + 1n })).toBe(MIN);
    expect(one(call("times", col("l"), long(-1n)), { l: MIN + 1n })).toBe(MAX);
    expect(one(call("mod", col("l"), long(-1n)), { l: MIN })).toBe(0n);
    expect(one(call("mod", col("l"), long(10n)), { l: -(2n ** 53n) - 5n })).toBe((-(2n ** 53n) - 5n) % 10n);
    expect(one(call("lt", col("l"), long(2n ** 53n + 1n)), { l: 2n ** 53n })).toBe(true);
  });

  it("refuses a zero divisor, of doubles too, unless a side is NULL", () => {
    for (const name of ["dividedBy", "mod"] as const) {
      expect(failing(call(name, col("f"), double(0)), { f: 1 }).code).toBe("DIVIDE_BY_ZERO");
      expect(failing(call(name, col("f"), double(-0)), { f: 0 }).code).toBe("DIVIDE_BY_ZERO");
      expect(failing(call(name, col("a"), col("b")), { a: 1, b: 0 }).code).toBe("DIVIDE_BY_ZERO");
      expect(failing(call(name, col("l"), col("l")), { l: 0n }).code).toBe("DIVIDE_BY_ZERO");
      expect(one(call(name, col("f"), double(0)), { f: null })).toBeNull();
    }
    expect(one(call("mod", int(-7), int(2)))).toBe(-1);
  });

  it("names the expression and the row that fails", () => {
    const rows = [{ a: 1 }, { a: 2 }, { a: 0 }];
    const error = errorOf(() => evaluated(call("dividedBy", int(1), col("a")), rows));
    expect(error.message).toMatch(/\(.*1.* \/ .*a.*\)/);
    expect(error.message).toMatch(/\b2\b/);
  });

  it("never fails for a row that is not selected", () => {
    const rows = [
      { a: 0, s: "x" },
      { a: 4, s: "5" },
      { a: 0, s: "y" },
    ];
    const sel = Int32Array.of(1);
    expect(valueAt(evaluated(call("dividedBy", int(8), col("a")), rows, sel), 1)).toBe(2);
    expect(valueAt(evaluated(cast(col("s"), int32()), rows, sel), 1)).toBe(5);
    expect(chosen(call("gt", call("mod", int(9), col("a")), int(0)), rows, sel)).toBe("all");
    expect(chosen(call("gt", cast(col("s"), int32()), int(7)), rows, sel)).toBeNull();
  });

  it("evaluates the right side of and, or only where the left leaves it open", () => {
    const rows = [
      { a: 0, b: 1, s: "x" },
      { a: 2, b: 1, s: "3" },
    ];
    const inverse = call("gt", call("dividedBy", col("b"), col("a")), double(0));
    const parsed = call("gt", cast(col("s"), int32()), int(0));
    for (const risky of [inverse, parsed]) {
      const guarded = call("and", call("ne", col("a"), int(0)), risky);
      expect(values(evaluated(guarded, rows))).toEqual([false, true]);
      expect(values(evaluated(call("or", call("eq", col("a"), int(0)), risky), rows))).toEqual([true, true]);
      expect(chosen(guarded, rows)).toEqual(Int32Array.of(1));
    }
  });

  it("keeps NULL, TRUE and FALSE apart in and, or", () => {
    const truth = [null, true, false].flatMap((a) => [null, true, false].map((b) => [a, b] as const));
    const flag = (name: string): Expression => call("eq", col(name), int(1));
    const rows = truth.map(([a, b]) => ({ a: bit(a), b: bit(b) }));
    expect(values(evaluated(call("and", flag("a"), flag("b")), rows))).toEqual([
      null,
      null,
      false,
      null,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(values(evaluated(call("or", flag("a"), flag("b")), rows))).toEqual([
      null,
      true,
      null,
      true,
      true,
      true,
      null,
      true,
      false,
    ]);
  });

  it("evaluates a branch of CASE, and each argument of coalesce, only for its rows", () => {
    const rows = [
      { a: 0, s: "x" },
      { a: 4, s: "7" },
      { a: null, s: "y" },
    ];
    const isPositive = call("gt", col("a"), int(0));
    expect(values(evaluated(when(isPositive, call("dividedBy", int(8), col("a")), double(-1)), rows))).toEqual([
      -1, 2, -1,
    ]);
    expect(values(evaluated(when(isPositive, cast(col("s"), int32()), null), rows))).toEqual([null, 7, null]);
    expect(values(evaluated(when(isPositive, call("upper", col("s")), text("none")), rows))).toEqual([
      "none",
      "7",
      "none",
    ]);
    expect(values(evaluated(call("coalesce", col("a"), call("length", col("s"))), rows))).toEqual([0, 4, 1]);
    expect(
      values(evaluated(call("coalesce", col("a"), cast(col("s"), int32())), [rows[0], { a: null, s: "12" }])),
    ).toEqual([0, 12]);
  });

  it("orders NaN as equal to itself and greatest, and takes -0 for 0", () => {
    expect(one(call("eq", col("f"), col("f")), { f: Number.NaN })).toBe(true);
    expect(one(call("gt", col("f"), double(1e308)), { f: Number.NaN })).toBe(true);
    expect(one(call("le", col("f"), double(1e308)), { f: Number.NaN })).toBe(false);
    expect(one(call("lt", double(1), col("f")), { f: Number.NaN })).toBe(true);
    expect(one(call("eq", col("f"), double(0)), { f: -0 })).toBe(true);
    expect(one(call("greatest", col("f"), double(5)), { f: Number.NaN })).toBeNaN();
    expect(one(call("isin", col("f"), double(Number.NaN)), { f: Number.NaN })).toBe(true);
  });

  it("rounds half away from zero, on the shortest decimal", () => {
    for (const [value, places, expected] of [
      [2.5, 0, 3],
      [-2.5, 0, -3],
      [0.49999999999999994, 0, 0],
      [2.675, 2, 2.68],
      [1.005, 2, 1.01],
      [-1.115, 2, -1.12],
      [1234.5, -2, 1200],
      [1250, -2, 1300],
      [5e-324, 3, 0],
      [1.7976931348623157e308, 2, 1.7976931348623157e308],
    ] as const) {
      expect(one(call("round", col("f"), int(places)), { f: value }), `round(${value}, ${places})`).toBe(expected);
    }
    expect(one(call("round", col("a"), int(-1)), { a: -15 })).toBe(-20);
    expect(one(call("round", col("l"), int(-18)), { l: 4_500_000_000_000_000_000n })).toBe(5_000_000_000_000_000_000n);
    expect(failing(call("round", col("a"), int(-1)), { a: 2 ** 31 - 1 }).code).toBe("ARITHMETIC_OVERFLOW");
  });

  it("casts numbers as ANSI says", () => {
    expect(one(cast(col("f"), int32()), { f: -2.9 })).toBe(-2);
    expect(one(cast(col("f"), int64()), { f: -(2 ** 63) })).toBe(MIN);
    expect(one(cast(col("l"), float64()), { l: MAX })).toBe(2 ** 63);
    expect(one(cast(col("l"), float64()), { l: 2n ** 53n + 3n })).toBe(2 ** 53 + 4);
    expect(one(cast(col("l"), timestamp()), { l: -5n })).toBe(-5_000_000n);
    for (const [expression, row] of [
      [cast(col("f"), int32()), { f: 2 ** 31 }],
      [cast(col("f"), int64()), { f: 2 ** 63 }],
      [cast(col("l"), int32()), { l: 2n ** 31n }],
    ] as const) {
      expect(failing(expression, row).code).toBe("CAST_OVERFLOW");
      expect(one({ ...expression, safe: true } as Expression, row)).toBeNull();
    }
    expect(failing(cast(col("f"), int32()), { f: Number.NaN }).code).toMatch(/^CAST_/);
    expect(failing(cast(col("s"), int32()), { s: "12x" }).code).toBe("CAST_INVALID");
    expect(one(cast(col("s"), int32(), true), { s: "12x" })).toBeNull();
  });

  it("takes columns of layout null and dictionary", () => {
    const rows = [
      { a: 1, s: "x" },
      { a: 2, s: "y" },
    ];
    const plain = chunk(rows);
    const columns = plain.columns.map((column, i) => (i === 0 ? nullColumn(int32(), 2) : column));
    const run = (expression: Expression) => {
      const [column] = compileExpressions([resolveExpression(expression, SCHEMA)], options).evaluate(
        { ...plain, columns },
        CONTEXT,
      );
      return values(column);
    };
    expect(run(call("plus", col("a"), int(1)))).toEqual([null, null]);
    expect(run(call("isNull", col("a")))).toEqual([true, true]);
    expect(run(call("coalesce", col("a"), int(9)))).toEqual([9, 9]);
    expect(run(call("eq", col("s"), text("y")))).toEqual([false, true]);
    expect(run(call("isin", col("s"), text("q"), text("x")))).toEqual([true, false]);
    expect(run(call("upper", text("q")))).toEqual(["Q", "Q"]);
    expect(run(cast(int(null), float64()))).toEqual([null, null]);
  });

  it("lets a NULL constant decide before anything else is evaluated", () => {
    const failingFloor = call("floor", double(1e300));
    expect(one(call("plus", call("mod", col("a"), int(0)), int(null)), { a: 1 })).toBeNull();
    expect(one(call("eq", failingFloor, { kind: "literal", type: int64(), value: null }))).toBeNull();
    const nullText: Expression = { kind: "literal", type: utf8(), value: null };
    expect(one(call("eq", col("s"), nullText), { s: "x" })).toBeNull();
    expect(one(call("isin", col("s"), nullText, col("s")), { s: "x" })).toBe(true);
  });

  it("compares text by dictionary with constants", () => {
    const byDictionary = call("coalesce", text("b"), col("s"));
    expect(one(call("gt", byDictionary, text("a")), { s: "x" })).toBe(true);
    expect(one(call("lt", text("c"), byDictionary), { s: "x" })).toBe(false);
  });

  it("keeps the constants 0 and -0 apart", () => {
    const both = when(call("gt", col("a"), int(0)), double(-0), double(0));
    expect(values(evaluated(both, [{ a: 1 }, { a: -1 }]))).toEqual([-0, 0]);
  });

  it("returns the input column itself for a bare reference", () => {
    const input = chunk([{ a: 1 }]);
    const [column] = compileExpressions([resolveExpression(col("a"), SCHEMA)], options).evaluate(input, CONTEXT);
    expect(column).toBe(input.columns[0]);
  });

  it("keeps one evaluator right over chunks with and without NULLs, selections and rows", () => {
    const evaluator = compileExpressions([resolveExpression(call("plus", col("a"), int(1)), SCHEMA)], options);
    const run = (rows: readonly TestRow[], sel: Int32Array | null = null) =>
      values(evaluator.evaluate({ ...chunk(rows), sel }, CONTEXT)[0]);
    expect(run([{ a: 1 }, { a: 2 }])).toEqual([2, 3]);
    expect(run([{ a: null }, { a: 2 }])).toEqual([null, 3]);
    expect(run([{ a: 2 ** 31 - 1 }, { a: null }, { a: 4 }], Int32Array.of(1, 2)).slice(1)).toEqual([null, 5]);
    expect(run([])).toEqual([]);
    expect(run([{ a: 1 }])).toEqual([2]);
  });
});

it("puts nothing that a user typed into generated code", () => {
  const evil = `"); throw new Error("run"); ("`;
  const schema: Schema = { fields: [{ name: evil, type: int32(), nullable: true }] };
  const expression = resolveExpression(call("eq", call("plus", col(evil), int(1)), int(2)), schema);
  const [column] = compileExpressions([expression], { codegen: true }).evaluate(
    chunkFromObjects(schema, [{ [evil]: 1 }]),
    CONTEXT,
  );
  expect(values(column)).toEqual([true]);
});

function chunk(rows: readonly TestRow[]) {
  return chunkFromObjects(
    SCHEMA,
    rows.map((row) => ({ a: null, b: null, l: null, f: null, s: null, ...row })),
  );
}

function values(column: Column): unknown[] {
  return Array.from({ length: column.length }, (_, i) => valueAt(column, i));
}

function bit(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}

function errorOf(run: () => unknown): MillraceError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionError);
    return error as MillraceError;
  }
  throw new Error("Expected an ExpressionError");
}
