import type { AggregateCall } from "../../../src/expressions/expression.js";
import type { DataType } from "../../../src/types/data-type.js";
import { type Compiled, compile, type Scope, widen } from "./expressions.js";
import { compareValues, keyOf, type Row, type Value } from "./values.js";

/** What a user aggregate gives for the argument lists of one group, by registered id. */
export type UserResults = Readonly<Record<string, (values: readonly (readonly Value[])[]) => Value>>;

export interface CompiledAggregate {
  readonly type: DataType;
  /** Over the rows of one group, in arrival order, or in the order of all columns. */
  run(rows: readonly Row[]): Value;
}

export function compileAggregate(call: AggregateCall, scope: Scope, users: UserResults): CompiledAggregate {
  const args = call.args.map((arg) => compile(arg, scope));
  const where = call.where === null ? null : compile(call.where, scope);
  const type = resultType(call, args);
  const run = (rows: readonly Row[]): Value => {
    const counted = where === null ? rows : rows.filter((row) => where.run(row) === true);
    return fold(
      call,
      { type, users },
      counted.map((row) => args.map((arg) => arg.run(row))),
    );
  };
  return { type, run };
}

function resultType({ name, type }: AggregateCall, args: readonly Compiled[]): DataType {
  switch (name) {
    case "count":
    case "countDistinct":
      return { kind: "int64" };
    case "avg":
      return { kind: "float64" };
    case "sum":
      return args[0].type.kind === "int32" ? { kind: "int64" } : args[0].type;
    case "user":
      if (type === null) throw new Error("A user aggregate declares its type");
      return type;
    default:
      return args[0].type;
  }
}

interface Context {
  readonly type: DataType;
  readonly users: UserResults;
}

/** NULL is no value: nothing but count() and user functions ever sees it, and over no value the result is NULL. */
function fold(call: AggregateCall, { type, users }: Context, all: readonly (readonly Value[])[]): Value {
  if (call.name === "user") return users[call.functionId ?? ""](all);
  const known = all.filter((values) => !values.includes(null));
  if (call.name === "count") return BigInt(known.length);
  if (call.name === "countDistinct") return BigInt(new Set(known.map((values) => values.map(keyOf).join(""))).size);
  if (known.length === 0) return null;
  const values = known.map(([value]) => value);
  switch (call.name) {
    case "sum":
      return total(values.map((value) => widen(type, value)));
    case "avg":
      return Number(total(values)) / values.length;
    case "min":
      return values.reduce((a, b) => (compareValues(b, a) < 0 ? b : a));
    case "max":
      return values.reduce((a, b) => (compareValues(b, a) > 0 ? b : a));
    case "first":
      return values[0];
    default:
      return values[values.length - 1];
  }
}

function total(values: readonly Value[]): number | bigint {
  return (values as number[]).reduce((a, b) => a + b);
}
