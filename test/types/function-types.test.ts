import { beforeAll, describe, expect, test } from "vitest";
import { aggregateSignature } from "../../src/expressions/aggregate-types.js";
import type { AggregateName } from "../../src/expressions/expression.js";
import type { Argument } from "../../src/expressions/function-definition.js";
import type { FunctionName } from "../../src/expressions/function-name.js";
import { functionDefinition } from "../../src/expressions/function-registry.js";
import { WINDOW_TYPE } from "../../src/expressions/window-type.js";
import type { DataType } from "../../src/types/data-type.js";
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
import { type Compiled, compile } from "./compile.js";

/** Argument types: for the engine, and for the compiler. */
const kinds: Readonly<Record<string, readonly [type: DataType, compiler: string]>> = {
  bool: [bool(), "BoolType"],
  int32: [int32(), "Int32Type"],
  int64: [int64(), "Int64Type"],
  float64: [float64(), "Float64Type"],
  utf8: [utf8(), "Utf8Type"],
  binary: [binary(), "BinaryType"],
  date: [date(), "DateType"],
  timestamp: [timestamp(), "TimestampType"],
  list: [list(utf8(), false), "FullList<Utf8Type>"],
  struct: [struct({ a: int32() }), "StructType<{ a: Int32Type | NullType }>"],
  window: [WINDOW_TYPE, "WindowType"],
};

/** Constants that a function needs besides its columns. */
const constants: Partial<
  Record<FunctionName, { readonly before?: readonly Argument[]; readonly after?: readonly Argument[] }>
> = {
  substring: { after: [constant(int32(), 1)] },
  split: { after: [constant(utf8(), ",")] },
  dateTrunc: { before: [constant(utf8(), "hour")] },
  addInterval: { after: [constant(utf8(), "1 hour")] },
  fromUtcTimestamp: { after: [constant(utf8(), "UTC")] },
  toUtcTimestamp: { after: [constant(utf8(), "UTC")] },
  elementAt: { after: [constant(int32(), 1)] },
};

const one: readonly FunctionName[] = [
  "negate",
  "not",
  "isNull",
  "isNotNull",
  "isNaN",
  "abs",
  "floor",
  "ceil",
  "round",
  "upper",
  "lower",
  "length",
  "trim",
  "substring",
  "concat",
  "split",
  "toTimestamp",
  "toDate",
  "dateTrunc",
  "addInterval",
  "fromUtcTimestamp",
  "toUtcTimestamp",
  "year",
  "quarter",
  "month",
  "dayOfMonth",
  "dayOfWeek",
  "hour",
  "minute",
  "second",
  "windowTime",
  "size",
  "elementAt",
  "toJson",
  "toArrowIpc",
  "coalesce",
  "greatest",
  "least",
];
const two: readonly FunctionName[] = [
  "plus",
  "minus",
  "times",
  "dividedBy",
  "mod",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "eqNullSafe",
  "and",
  "or",
  "coalesce",
  "greatest",
  "least",
  "isin",
  "startsWith",
  "endsWith",
  "contains",
];
const aggregates: readonly AggregateName[] = ["count", "countDistinct", "sum", "avg", "min", "max", "first", "last"];

interface Case {
  readonly name: string;
  readonly term: string;
  /** What the engine says: "int64?" or a refusal. */
  readonly engine: () => string;
}

const cases: readonly Case[] = [
  ...one.flatMap((name) =>
    Object.keys(kinds).flatMap((kind) => [false, true].map((nullable) => scalarCase(name, [[kind, nullable]]))),
  ),
  ...two.flatMap((name) =>
    Object.keys(kinds).flatMap((left) =>
      Object.keys(kinds)
        .filter((right) => !differentStructs(left, right))
        .map((right) =>
          scalarCase(name, [
            [left, false],
            [right, true],
          ]),
        ),
    ),
  ),
  ...aggregates.flatMap((name) => Object.keys(kinds).map((kind) => aggregateCase(name, kind))),
];

/** The compiler does not look into nested types when it mixes them; analysis does. */
function differentStructs(left: string, right: string): boolean {
  return left !== right && [left, right].every((kind) => kind === "struct" || kind === "window");
}

function scalarCase(name: FunctionName, given: readonly (readonly [kind: string, nullable: boolean])[]): Case {
  const { before = [], after = [] } = constants[name] ?? {};
  const columns = given.map(([kind, nullable]): Argument => ({ type: kinds[kind][0], nullable, literal: null }));
  const args = [...before, ...columns, ...after];
  const terms = given.map(([kind, nullable]) => `Typed<${kinds[kind][1]}${nullable ? " | NullType" : ""}>`);
  return {
    name: `${name}(${given.map(([kind, nullable]) => kind + (nullable ? "?" : "")).join(", ")})`,
    term: `Op<"${name}", [${terms.join(", ")}]>`,
    engine: () => outcome(() => functionDefinition(name).signature(args)),
  };
}

function aggregateCase(name: AggregateName, kind: string): Case {
  const argument: Argument = { type: kinds[kind][0], nullable: true, literal: null };
  return {
    name: `${name}(${kind}?)`,
    term: `Agg<"${name}", [Typed<${kinds[kind][1]} | NullType>]>`,
    engine: () => outcome(() => aggregateSignature(name, [argument])),
  };
}

function outcome(signature: () => { readonly result: DataType; readonly nullable: boolean }): string {
  try {
    const { result, nullable } = signature();
    return result.kind + (nullable ? "?" : "");
  } catch {
    return "refused";
  }
}

function constant(type: DataType, value: string | number): Argument {
  return { type, nullable: false, literal: { value } };
}

describe("the compiler and the engine agree on", () => {
  let compiled: Compiled;
  beforeAll(() => {
    const aliases = cases.map(({ term }, i) => `export type t${i} = Short<ColumnType<${term}, {}>>;`);
    compiled = compile({ all: HEADER + aliases.join("\n") });
  });

  test("every function, for arguments of every type", () => {
    expect(compiled.errors.get("all")).toEqual([]);
    const differences = cases.flatMap(({ name, engine }, i) => {
      const said = JSON.parse(compiled.types.get(`t${i}`) ?? "null") as string;
      return said === engine() ? [] : [`${name}: engine ${engine()}, compiler ${said}`];
    });
    expect(differences).toEqual([]);
  });
});

const HEADER = `
import type { Agg, Op, Typed } from "../../../src/expressions/column-term.js";
import type { FullList, WindowType } from "../../../src/expressions/function-types.js";
import type { Problem, TypeOf } from "../../../src/expressions/type-of.js";
import type { BinaryType, BoolType, DateType, Float64Type, Int32Type, Int64Type, NullType, StructType, TimestampType, Utf8Type } from "../../../src/types/data-type.js";
type ColumnType<E, S> = TypeOf<E, S>;
type Short<T> = [Extract<T, Problem<string>>] extends [never] ? \`\${Kinds<Exclude<T, NullType>>}\${NullType extends T ? "?" : ""}\` : "refused";
type Kinds<T> = T extends { kind: infer K extends string } ? K : never;
`;
