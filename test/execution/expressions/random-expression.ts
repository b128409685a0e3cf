import fc, { type Arbitrary } from "fast-check";
import type { Expression, LiteralValue } from "../../../src/expressions/expression.js";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import type { DataType, Schema } from "../../../src/types/data-type.js";
import { bool, date, float64, int32, int64, timestamp, utf8 } from "../../../src/types/type-constructors.js";
import type { Row, Value } from "./reference-evaluator.js";

type Kind = "bool" | "int32" | "int64" | "float64" | "date" | "timestamp" | "utf8";

const TYPES: Record<Kind, DataType> = {
  bool: bool(),
  int32: int32(),
  int64: int64(),
  float64: float64(),
  date: date(),
  timestamp: timestamp(),
  utf8: utf8(),
};

const KINDS = Object.keys(TYPES) as Kind[];

/** Two columns of each type: x_int32, y_int32, … */
export const SCHEMA: Schema = {
  fields: KINDS.flatMap((kind) =>
    ["x", "y"].map((name) => ({ name: `${name}_${kind}`, type: TYPES[kind], nullable: true })),
  ),
};

const INT64_EDGES = [
  0n,
  1n,
  -1n,
  2n ** 31n,
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n),
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];
const DOUBLE_EDGES = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  1e10,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  1e300,
  Number.NaN,
  Infinity,
  -Infinity,
];

/** Mostly small values, so that rows differ in what they satisfy and seldom fail; now and then an edge. */
const VALUES: Record<Kind, Arbitrary<Exclude<Value, null>>> = {
  bool: fc.boolean(),
  int32: rarely(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0, 65_536, 2 ** 31 - 1, -(2 ** 31))),
  int64: rarely(fc.bigInt({ min: -5n, max: 5n }), fc.constantFrom(...INT64_EDGES)),
  float64: rarely(
    fc.integer({ min: -10, max: 10 }).map((n) => n / 2),
    fc.constantFrom(...DOUBLE_EDGES),
  ),
  date: fc.integer({ min: -3, max: 3 }),
  timestamp: rarely(
    fc.bigInt({ min: -3n, max: 3n }).map((days) => days * 86_400_000_000n + 1n),
    fc.constantFrom(-1n, 0n, 5_000_000_000_000_000n),
  ),
  utf8: fc.constantFrom("", "a", "ab", "abc", "b", "a longer text"),
};

function rarely<T>(usual: Arbitrary<T>, edge: Arbitrary<T>): Arbitrary<T> {
  return fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: edge });
}

/** A column mostly without NULLs, or with many. */
export function rowsArbitrary(isNullable: boolean): Arbitrary<Row[]> {
  const cells = SCHEMA.fields.map(({ type }) => {
    const value = VALUES[type.kind as Kind];
    return isNullable ? fc.option(value, { nil: null, freq: 3 }) : value;
  });
  return fc.array(fc.tuple(...cells), { minLength: 1, maxLength: 12 });
}

const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });
const literal = (kind: Kind, value: LiteralValue): Expression => ({ kind: "literal", type: TYPES[kind], value });

const NUMBERS = ["int32", "int64", "float64"] as const;
const number = fc.constantFrom<Kind>(...NUMBERS);
const anyKind = fc.constantFrom<Kind>(...KINDS);

function leaf(kind: Kind): Arbitrary<Expression> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom("x", "y").map((name): Expression => ({ kind: "column", name: `${name}_${kind}` })),
    },
    { weight: 2, arbitrary: VALUES[kind].map((value) => literal(kind, value)) },
    { weight: 1, arbitrary: fc.constant(literal(kind, null)) },
  );
}

/** An expression of exactly this type. */
export function expressionOf(kind: Kind, depth: number): Arbitrary<Expression> {
  if (depth === 0) return leaf(kind);
  const same = expressionOf(kind, depth - 1);
  const condition = expressionOf("bool", depth - 1);
  return fc.oneof(
    leaf(kind),
    fc.tuple(same, same).map(([a, b]) => call("coalesce", a, b)),
    fc.tuple(condition, same, condition, same, fc.option(same)).map(
      ([w1, t1, w2, t2, otherwise]): Expression => ({
        kind: "case",
        branches: [
          { when: w1, then: t1 },
          { when: w2, then: t2 },
        ],
        otherwise,
      }),
    ),
    fc.tuple(fc.constantFrom<FunctionName>("greatest", "least"), same, same).map(([name, a, b]) => call(name, a, b)),
    ...special(kind, depth - 1),
  );
}

function special(kind: Kind, depth: number): Arbitrary<Expression>[] {
  switch (kind) {
    case "bool":
      return [
        conditions(depth),
        tests(depth),
        comparisons(depth),
        comparisons(depth),
        casts("bool", ["int32", "int64", "float64"], depth),
      ];
    case "int32":
      return [
        arithmetic("int32", depth),
        casts("int32", ["bool", "int64", "float64"], depth),
        calls(["length"], "utf8", depth),
      ];
    case "int64":
      return [
        arithmetic("int64", depth),
        casts("int64", ["bool", "int32", "float64", "timestamp"], depth),
        calls(["floor", "ceil"], "float64", depth),
      ];
    case "float64":
      return [
        arithmetic("float64", depth),
        casts("float64", ["bool", "int32", "int64", "timestamp"], depth),
        pairOfNumbers(depth).map(([a, b]) => call("dividedBy", a, b)),
      ];
    case "date":
      return [casts("date", ["timestamp"], depth)];
    case "timestamp":
      return [casts("timestamp", ["date", "int32", "int64"], depth)];
    case "utf8":
      return [calls(["upper"], "utf8", depth)];
  }
}

function arithmetic(kind: Kind, depth: number): Arbitrary<Expression> {
  const operand = expressionOf(kind, depth);
  return fc.oneof(
    fc
      .tuple(fc.constantFrom<FunctionName>("plus", "minus", "times", "mod"), operand, operand)
      .map(([name, a, b]) => call(name, a, b)),
    calls(["negate", "abs"], kind, depth),
  );
}

function calls(names: readonly FunctionName[], argument: Kind, depth: number): Arbitrary<Expression> {
  return fc.tuple(fc.constantFrom(...names), expressionOf(argument, depth)).map(([name, a]) => call(name, a));
}

function pairOfNumbers(depth: number): Arbitrary<[Expression, Expression]> {
  return fc.tuple(number, number).chain(([a, b]) => fc.tuple(expressionOf(a, depth), expressionOf(b, depth)));
}

function comparisons(depth: number): Arbitrary<Expression> {
  const pair = fc.oneof(
    pairOfNumbers(depth),
    anyKind.chain((kind) => fc.tuple(expressionOf(kind, depth), expressionOf(kind, depth))),
  );
  const name = fc.constantFrom<FunctionName>("eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe");
  return fc.tuple(name, pair).map(([each, [a, b]]) => call(each, a, b));
}

function conditions(depth: number): Arbitrary<Expression> {
  const condition = expressionOf("bool", depth);
  return fc.oneof(
    fc.tuple(fc.constantFrom<FunctionName>("and", "or"), condition, condition).map(([name, a, b]) => call(name, a, b)),
    condition.map((a) => call("not", a)),
  );
}

function tests(depth: number): Arbitrary<Expression> {
  const nullTest = anyKind.chain((kind) => calls(["isNull", "isNotNull"], kind, depth));
  const isin = anyKind.chain((kind) =>
    fc
      .tuple(
        expressionOf(kind, depth),
        fc.array(fc.option(VALUES[kind], { nil: null, freq: 4 }), { minLength: 1, maxLength: 12 }),
      )
      .map(([value, list]) => call("isin", value, ...list.map((each) => literal(kind, each)))),
  );
  return fc.oneof(
    nullTest,
    isin,
    number.chain((kind) => calls(["isNaN"], kind, depth)),
  );
}

function casts(to: Kind, from: readonly Kind[], depth: number): Arbitrary<Expression> {
  return fc
    .tuple(fc.constantFrom(...from), fc.boolean())
    .chain(([kind, safe]) =>
      expressionOf(kind, depth).map((input): Expression => ({ kind: "cast", input, type: TYPES[to], safe })),
    );
}
