import type { Call, Expression } from "../../../src/expressions/expression.js";
import type { DataType, Field } from "../../../src/types/data-type.js";
import { compareValues, isList, isStruct, keyOf, type Row, type StructValue, type Value } from "./values.js";

/** What an expression is over rows of some columns. */
export interface Compiled {
  readonly type: DataType;
  /** Positions of the row that it looks at. */
  readonly reads: ReadonlySet<number>;
  run(row: Row): Value;
}

/** Columns by name, and calls that stand for a position of the row (the window, the exploded element). */
export interface Scope {
  readonly fields: readonly Field[];
  slot?(expression: Expression): number | null;
}

const MICROS_PER_DAY = 86_400_000_000n;
const BOOL: DataType = { kind: "bool" };
const INT32: DataType = { kind: "int32" };
const UTF8: DataType = { kind: "utf8" };
const TIMESTAMP: DataType = { kind: "timestamp", zone: "UTC" };

export function compile(expression: Expression, scope: Scope): Compiled {
  const slot = scope.slot?.(expression) ?? null;
  if (slot !== null) return at(scope.fields, slot);
  switch (expression.kind) {
    case "column":
      return at(scope.fields, positionOf(scope.fields, expression.name));
    case "literal":
      return { type: expression.type, reads: new Set(), run: () => expression.value };
    case "alias":
      return compile(expression.input, scope);
    case "field":
      return member(compile(expression.input, scope), expression.name);
    case "cast":
      return derive([compile(expression.input, scope)], expression.type, (value) => castTo(expression.type, value));
    case "case": {
      const branches = expression.branches.map(
        ({ when, then }) => [compile(when, scope), compile(then, scope)] as const,
      );
      const last = expression.otherwise === null ? null : compile(expression.otherwise, scope);
      const results = [...branches.map(([, then]) => then), ...(last === null ? [] : [last])];
      const type = widest(results.map((result) => result.type));
      const run = (row: Row): Value => {
        const chosen = branches.find(([when]) => when.run(row) === true)?.[1] ?? last;
        return chosen === null ? null : widen(type, chosen.run(row));
      };
      return { type, reads: union([...branches.flat(), ...results]), run };
    }
    case "call":
      return call(expression, scope);
    default:
      throw new Error(`The oracle cannot evaluate a ${expression.kind} here`);
  }
}

export function positionOf(fields: readonly Field[], name: string): number {
  const index = fields.findIndex((field) => field.name === name);
  if (index < 0) throw new Error(`The oracle knows no column "${name}"`);
  return index;
}

function at(fields: readonly Field[], index: number): Compiled {
  return { type: fields[index].type, reads: new Set([index]), run: (row) => row[index] };
}

function member(struct: Compiled, name: string): Compiled {
  const type =
    struct.type.kind === "struct" ? struct.type.fields.find((field) => field.name === name)?.type : undefined;
  if (type === undefined) throw new Error(`The oracle knows no member "${name}"`);
  return derive([struct], type, (value) => (value !== null && isStruct(value) ? value[name] : null));
}

function derive(inputs: readonly Compiled[], type: DataType, run: (...values: Value[]) => Value): Compiled {
  return { type, reads: union(inputs), run: (row) => run(...inputs.map((input) => input.run(row))) };
}

function union(inputs: readonly Compiled[]): ReadonlySet<number> {
  return new Set(inputs.flatMap(({ reads }) => [...reads]));
}

const ORDER = ["null", "int32", "int64", "float64"];

/** The widest of number types; any other type is that of the first value that has one. */
function widest(types: readonly DataType[]): DataType {
  return types.reduce((a, b) =>
    a.kind === "null" || (ORDER.includes(b.kind) && ORDER.indexOf(b.kind) > ORDER.indexOf(a.kind)) ? b : a,
  );
}

export function widen(type: DataType, value: Value): Value {
  if (value === null) return null;
  if (type.kind === "int64" && typeof value === "number") return BigInt(value);
  if (type.kind === "float64" && typeof value === "bigint") return Number(value);
  return value;
}

function castTo(type: DataType, value: Value): Value {
  if (value === null) return null;
  switch (type.kind) {
    case "utf8":
      return String(value);
    case "int32":
      return typeof value === "boolean" ? Number(value) : value;
    case "date":
      return typeof value === "bigint" ? Number(floorDivide(value, MICROS_PER_DAY)) : value;
    case "timestamp":
      return typeof value === "number" ? BigInt(value) * MICROS_PER_DAY : value;
    default:
      return widen(type, typeof value === "boolean" ? Number(value) : value);
  }
}

export function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n || a % b === 0n ? a / b : a / b - 1n;
}

const UNITS: Readonly<Record<string, bigint>> = {
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: MICROS_PER_DAY,
};

/** dateTrunc in UTC, for units of fixed length. */
export function truncate(unit: string, micros: bigint): bigint {
  return floorDivide(micros, UNITS[unit]) * UNITS[unit];
}

/** "3 seconds" as microseconds. */
export function intervalMicros(text: string): bigint {
  const [count, unit] = text.split(" ");
  return BigInt(count) * (unit.startsWith("micro") ? 1n : UNITS[unit.replace(/s$/, "")]);
}

function call({ name, args }: Call, scope: Scope): Compiled {
  const inputs = args.map((arg) => compile(arg, scope));
  const common = widest(inputs.map(({ type }) => type));
  /** NULL if an argument is; the arguments in their common type. */
  const strict = (type: DataType, run: (...values: never[]) => Value): Compiled =>
    derive(inputs, type, (...values) =>
      values.includes(null) ? null : run(...(values.map((value) => widen(common, value)) as never[])),
    );
  const comparison = (holds: (order: number) => boolean): Compiled =>
    strict(BOOL, (a: Value, b: Value) => holds(compareValues(a, b)));
  switch (name) {
    case "plus":
      return strict(common, (a: number, b: number) => a + b);
    case "minus":
      return strict(common, (a: number, b: number) => a - b);
    case "times":
      return strict(common, (a: number, b: number) => a * b);
    case "mod":
      return strict(common, (a: number, b: number) => a % b);
    case "eq":
      return comparison((order) => order === 0);
    case "ne":
      return comparison((order) => order !== 0);
    case "lt":
      return comparison((order) => order < 0);
    case "le":
      return comparison((order) => order <= 0);
    case "gt":
      return comparison((order) => order > 0);
    case "ge":
      return comparison((order) => order >= 0);
    case "eqNullSafe":
      return derive(inputs, BOOL, (a, b) => keyOf(widen(common, a)) === keyOf(widen(common, b)));
    case "and":
      return derive(inputs, BOOL, (a, b) =>
        a === false || b === false ? false : a === null || b === null ? null : true,
      );
    case "or":
      return derive(inputs, BOOL, (a, b) =>
        a === true || b === true ? true : a === null || b === null ? null : false,
      );
    case "not":
      return strict(BOOL, (a: boolean) => !a);
    case "isNull":
      return derive(inputs, BOOL, (a) => a === null);
    case "isNotNull":
      return derive(inputs, BOOL, (a) => a !== null);
    case "coalesce":
      return derive(inputs, common, (...values) => widen(common, values.find((value) => value !== null) ?? null));
    case "length":
      return strict(INT32, (a: string) => [...a].length);
    case "upper":
      return strict(UTF8, (a: string) => a.toUpperCase());
    case "concat":
      return strict(UTF8, (...values: string[]) => values.join(""));
    case "size":
      return strict(INT32, (a: Value) => (isList(a) ? a.length : null));
    case "dateTrunc":
      return derive(inputs, inputs[1].type, (unit, time) =>
        time === null ? null : truncate(String(unit), time as bigint),
      );
    case "addInterval":
      return derive(inputs, inputs[0].type, (time, text) =>
        time === null ? null : (time as bigint) + intervalMicros(String(text)),
      );
    case "windowTime":
      return derive(inputs, TIMESTAMP, (window) =>
        window === null ? null : ((window as StructValue).end as bigint) - 1n,
      );
    case "struct":
      return struct(inputs);
    default:
      throw new Error(`The oracle does not know the function ${name}`);
  }
}

/** struct(name, value, name, value, …). */
function struct(inputs: readonly Compiled[]): Compiled {
  const names = inputs.filter((_, i) => i % 2 === 0).map((name) => String(name.run([])));
  const values = inputs.filter((_, i) => i % 2 === 1);
  const fields = names.map((name, i): Field => ({ name, type: values[i].type, nullable: true }));
  return derive(values, { kind: "struct", fields }, (...members) =>
    Object.fromEntries(names.map((name, i) => [name, members[i]])),
  );
}
