import { unreachable } from "../../../src/common/unreachable.js";
import type { ResolvedCall, ResolvedCast, ResolvedExpression } from "../../../src/expressions/resolved-expression.js";
import type { TypeKind } from "../../../src/types/data-type.js";

export type Value = null | boolean | number | bigint | string;
export type Row = readonly Value[];

/** A row without a value. "RANGE" stands for overflow and casts alike. */
export class NoValue extends Error {
  readonly reason: "ZERO" | "RANGE";
  constructor(reason: "ZERO" | "RANGE") {
    super(reason);
    this.reason = reason;
  }
}

/** One value of one row, as slowly and plainly as the rules read: what both ways of evaluating must agree with. */
export function referenceValue(expression: ResolvedExpression, row: Row): Value {
  switch (expression.kind) {
    case "column":
      return row[expression.index];
    case "literal":
      return expression.value as Value;
    case "case": {
      for (const { when, then } of expression.branches) {
        if (referenceValue(when, row) === true) return referenceValue(then, row);
      }
      return expression.otherwise === null ? null : referenceValue(expression.otherwise, row);
    }
    case "cast":
      return castValue(expression, row);
    case "call":
      return callValue(expression, row);
    case "field":
      throw new Error("The reference knows no structs");
    default:
      return unreachable(expression);
  }
}

function callValue({ name, args, type }: ResolvedCall, row: Row): Value {
  const at = (index: number): Value => referenceValue(args[index], row);
  switch (name) {
    case "and":
    case "or": {
      const decisive = name === "or";
      const left = at(0);
      if (left === decisive) return decisive;
      const right = at(1);
      if (right === decisive) return decisive;
      return left === null || right === null ? null : !decisive;
    }
    case "coalesce": {
      for (let i = 0; i < args.length; i++) {
        const value = at(i);
        if (value !== null) return value;
      }
      return null;
    }
    case "isNull":
      return at(0) === null;
    case "isNotNull":
      return at(0) !== null;
    case "isNaN":
      return Number.isNaN(at(0));
    case "greatest":
    case "least": {
      const values = args.map((_, i) => at(i)).filter((value) => value !== null);
      const sign = name === "greatest" ? 1 : -1;
      return values.reduce<Value>(
        (best, value) => (best === null || sign * order(value, best) > 0 ? value : best),
        null,
      );
    }
    case "eqNullSafe": {
      const [left, right] = [at(0), at(1)];
      return left === null || right === null ? left === right : order(left, right) === 0;
    }
    case "isin": {
      const value = at(0);
      if (value === null) return null;
      const others = args.slice(1).map((_, i) => at(i + 1));
      if (others.some((other) => other !== null && order(value, other) === 0)) return true;
      return others.includes(null) ? null : false;
    }
    default: {
      // A NULL constant decides before anything is evaluated, as where Spark folds constants.
      if (args.some((arg) => arg.kind === "literal" && arg.value === null)) return null;
      const values = args.map((_, i) => at(i));
      return values.includes(null) ? null : strictValue(name, type.kind, values);
    }
  }
}

function strictValue(name: ResolvedCall["name"], type: TypeKind, [a, b]: readonly Value[]): Value {
  switch (name) {
    case "plus":
      return within(type, typeof a === "bigint" ? a + (b as bigint) : (a as number) + (b as number));
    case "minus":
      return within(type, typeof a === "bigint" ? a - (b as bigint) : (a as number) - (b as number));
    case "times":
      return within(type, typeof a === "bigint" ? a * (b as bigint) : (a as number) * (b as number));
    case "dividedBy":
      return (a as number) / (nonZero(b) as number);
    case "mod":
      return typeof a === "bigint" ? a % (nonZero(b) as bigint) : (a as number) % (nonZero(b) as number);
    case "negate":
      return within(type, typeof a === "bigint" ? -a : -(a as number));
    case "abs":
      return order(a, typeof a === "bigint" ? 0n : 0) < 0 ? within(type, -(a as number)) : a;
    case "floor":
      return typeof a === "number" && type === "int64" ? whole(Math.floor(a)) : a;
    case "ceil":
      return typeof a === "number" && type === "int64" ? whole(Math.ceil(a)) : a;
    case "eq":
      return order(a, b) === 0;
    case "ne":
      return order(a, b) !== 0;
    case "lt":
      return order(a, b) < 0;
    case "le":
      return order(a, b) <= 0;
    case "gt":
      return order(a, b) > 0;
    case "ge":
      return order(a, b) >= 0;
    case "not":
      return !a;
    case "upper":
      return (a as string).toUpperCase();
    case "length":
      return [...(a as string)].length;
    default:
      throw new Error(`The reference does not know ${name}`);
  }
}

/** NaN equals NaN and is greatest, -0 equals 0; test texts are ASCII, so that JavaScript's order is the order of bytes. */
function order(a: Value, b: Value): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

function nonZero(value: Value): Value {
  if (value === 0 || value === 0n) throw new NoValue("ZERO");
  return value;
}

function within(type: TypeKind, value: number | bigint): number | bigint {
  if (type === "float64") return value;
  const bits = type === "int32" ? 31n : 63n;
  const exact = BigInt(value);
  if (exact >= 1n << bits || exact < -(1n << bits)) throw new NoValue("RANGE");
  return value;
}

function whole(value: number): bigint {
  if (!Number.isFinite(value)) throw new NoValue("RANGE");
  return within("int64", BigInt(value)) as bigint;
}

function castValue({ input, type, safe }: ResolvedCast, row: Row): Value {
  const value = referenceValue(input, row);
  if (value === null) return null;
  try {
    return converted(value, input.type.kind, type.kind);
  } catch (error) {
    if (safe && error instanceof NoValue) return null;
    throw error;
  }
}

const SECOND = 1_000_000n;
const DAY = 86_400n * SECOND;

function converted(value: Value, from: TypeKind, to: TypeKind): Value {
  if (from === to) return value;
  if (to === "timestamp")
    return within("int64", from === "date" ? BigInt(value as number) * DAY : BigInt(value as number) * SECOND);
  if (from === "timestamp") {
    const micros = value as bigint;
    if (to === "date") return Number(floorDivide(micros, DAY));
    return to === "int64" ? floorDivide(micros, SECOND) : Number(micros) / 1e6;
  }
  const number = typeof value === "boolean" ? Number(value) : (value as number | bigint);
  if (to === "bool") return number !== 0 && number !== 0n;
  if (to === "float64") return Number(number);
  const integer = typeof number === "bigint" ? number : whole(Math.trunc(number));
  return to === "int64" ? within("int64", integer) : Number(within("int32", integer));
}

function floorDivide(value: bigint, by: bigint): bigint {
  const rest = ((value % by) + by) % by;
  return (value - rest) / by;
}
