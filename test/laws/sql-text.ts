import type { AggregateCall, Call, Expression, TimeWindowCall } from "../../src/expressions/expression.js";
import type { PlanNode } from "../../src/plan/plan-node.js";
import type { DataType, Field } from "../../src/types/data-type.js";
import { USER_RESULTS } from "./cases/user-functions.js";
import { compilePlan, nameOf } from "./oracle/compile-plan.js";
import type { Tuple } from "./oracle/evaluate.js";
import { compile, intervalMicros } from "./oracle/expressions.js";
import { isList, isStruct, type Value } from "./oracle/values.js";

/** The plan has no form in the SQL that is printed here. */
export class NotPrintable extends Error {}

const DAY = 86_400_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: DAY,
};

/** A plan as a query for DuckDB. Timestamps are microseconds, dates days: both whole numbers. `rows` by source. */
export function sqlOf(plan: PlanNode, rows: readonly (readonly Tuple[])[]): string {
  let source = 0;
  const query = (node: PlanNode): string => {
    switch (node.kind) {
      case "scan":
        return valuesOf(node.source.schema.fields, rows[source++]);
      case "watermark":
      case "sort":
        return query(node.input);
      case "filter":
        return `SELECT * FROM (${query(node.input)}) WHERE ${textOf(node.condition, fieldsOf(node.input))}`;
      case "union":
        return node.inputs.map((input) => `(${query(input)})`).join(" UNION ALL ");
      case "project":
        return projection(node, query(node.input));
      case "aggregate":
        return grouping(node, query(node.input));
      case "dropDuplicates":
        if (node.columns !== null) throw new NotPrintable("dropDuplicates of some columns");
        return `SELECT DISTINCT * FROM (${query(node.input)})`;
      case "limit":
        return top(node, query(node.input));
    }
  };
  return query(plan);
}

function fieldsOf(plan: PlanNode): readonly Field[] {
  return compilePlan(plan, USER_RESULTS).fields;
}

function quoted(name: string): string {
  return `"${name}"`;
}

function valuesOf(fields: readonly Field[], tuples: readonly Tuple[]): string {
  const columns = fields.map(({ name, type }, i) => `CAST(column${i} AS ${typeText(type)}) AS ${quoted(name)}`);
  const rows = tuples.flatMap(({ row, weight }) =>
    Array.from({ length: weight }, () => `(${row.map(valueText).join(", ")})`),
  );
  const none = `(${fields.map(() => "NULL").join(", ")})`;
  const from = rows.length === 0 ? `(SELECT * FROM (VALUES ${none}) WHERE FALSE)` : `(VALUES ${rows.join(", ")})`;
  return `SELECT ${columns.join(", ")} FROM (SELECT * FROM ${from} AS t(${fields.map((_, i) => `column${i}`).join(", ")}))`;
}

function typeText(type: DataType): string {
  switch (type.kind) {
    case "bool":
      return "BOOLEAN";
    case "int32":
    case "date":
      return "INTEGER";
    case "int64":
    case "timestamp":
      return "BIGINT";
    case "float64":
      return "DOUBLE";
    case "utf8":
      return "VARCHAR";
    case "binary":
      return "BLOB";
    case "list":
      return `${typeText(type.element)}[]`;
    case "struct":
      return `STRUCT(${type.fields.map(({ name, type: member }) => `${quoted(name)} ${typeText(member)}`).join(", ")})`;
    default:
      throw new NotPrintable(type.kind);
  }
}

function valueText(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "number")
    return Number.isNaN(value)
      ? "'NaN'::DOUBLE"
      : `${value === 0 ? 0 : value}${Number.isInteger(value) ? "" : "::DOUBLE"}`;
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return stringText(value);
  if (value instanceof Uint8Array)
    return `'${[...value].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}'::BLOB`;
  if (isList(value)) return `[${value.map(valueText).join(", ")}]`;
  if (isStruct(value))
    return `{${Object.entries(value)
      .map(([name, member]) => `'${name}': ${valueText(member)}`)
      .join(", ")}}`;
  throw new NotPrintable("value");
}

function stringText(value: string): string {
  if (value.includes("\0")) throw new NotPrintable("a text with a NUL");
  return `'${value.replaceAll("'", "''")}'`;
}

function bare(expression: Expression): Expression {
  return expression.kind === "alias" ? bare(expression.input) : expression;
}

const WINDOW = quoted("  window");
const ELEMENT = quoted("  element");

/** The input with one more column: the window of each row, once per window. */
function withWindow(input: string, call: TimeWindowCall | null, fields: readonly Field[]): string {
  if (call === null) return input;
  const time = instantText(call.time, fields);
  const { size, slide, offset } = call;
  const last = `${time} - ((((${time}) - ${offset}) % ${slide}) + ${slide}) % ${slide}`;
  const starts = `generate_series(${last} - ${((size - 1n) / slide) * slide}, ${last}, ${slide})`;
  const window = `struct_pack("start" := "  s", "end" := "  s" + ${size})`;
  return `SELECT *, ${window} AS ${WINDOW} FROM (SELECT *, unnest(${starts}) AS "  s" FROM (${input}) WHERE ${time} IS NOT NULL) WHERE "  s" + ${size} > ${time}`;
}

function instantText(time: Expression, fields: readonly Field[]): string {
  const { kind } = compile(time, { fields }).type;
  const text = textOf(time, fields);
  if (kind === "struct") return `(struct_extract(${text}, 'end') - 1)`;
  return kind === "date" ? `(CAST(${text} AS BIGINT) * ${DAY})` : text;
}

function windowIn(expressions: readonly Expression[]): TimeWindowCall | null {
  return expressions.map(bare).find((each): each is TimeWindowCall => each.kind === "window") ?? null;
}

function projection({ input, columns }: Extract<PlanNode, { kind: "project" }>, below: string): string {
  const fields = fieldsOf(input);
  let from = withWindow(below, windowIn(columns), fields);
  const generator = columns.map(bare).find((each) => each.kind === "explode");
  if (generator?.kind === "explode") {
    if (generator.outer) throw new NotPrintable("outer explode");
    from = `SELECT *, unnest(${textOf(generator.input, fields)}) AS ${ELEMENT} FROM (${from})`;
  }
  return `SELECT ${columns.map((column) => `${textOf(column, fields)} AS ${quoted(nameOf(column))}`).join(", ")} FROM (${from})`;
}

function grouping({ input, keys, aggregates }: Extract<PlanNode, { kind: "aggregate" }>, below: string): string {
  if (keys.some((key) => bare(key).kind === "sessionWindow")) throw new NotPrintable("sessions");
  const fields = fieldsOf(input);
  const columns = [
    ...keys.map((key) => `${textOf(key, fields)} AS ${quoted(nameOf(key))}`),
    ...aggregates.map((each) => `${aggregateText(bare(each) as AggregateCall, fields)} AS ${quoted(nameOf(each))}`),
  ];
  const groups = keys.length === 0 ? "" : ` GROUP BY ${keys.map((_, i) => i + 1).join(", ")}`;
  return `SELECT ${columns.join(", ")} FROM (${withWindow(below, windowIn(keys), fields)})${groups}`;
}

function aggregateText({ name, args, where }: AggregateCall, fields: readonly Field[]): string {
  const filter = where === null ? "" : ` FILTER (WHERE ${textOf(where, fields)})`;
  const given = args.map((arg) => textOf(arg, fields));
  switch (name) {
    case "count":
      return `count(${given[0] ?? "*"})${filter}`;
    case "sum": {
      const isFloat = compile(args[0], { fields }).type.kind === "float64";
      return isFloat ? `sum(${given[0]})${filter}` : `CAST(sum(${given[0]})${filter} AS BIGINT)`;
    }
    case "min":
    case "max":
      requireSameOrder(compile(args[0], { fields }).type);
      return `${name}(${given[0]})${filter}`;
    case "avg":
      return `${name}(${given[0]})${filter}`;
    case "countDistinct":
      if (given.length > 1) throw new NotPrintable("countDistinct of several columns");
      return `count(DISTINCT ${given[0]})${filter}`;
    default:
      throw new NotPrintable(name);
  }
}

function top(node: Extract<PlanNode, { kind: "limit" }>, below: string): string {
  const { input, count } = node;
  if (input.kind !== "sort" && compilePlan(input, USER_RESULTS).ordered) throw new NotPrintable("limit by arrival");
  const fields = fieldsOf(input);
  for (const { type } of fields) requireSameOrder(type);
  const orders = input.kind === "sort" ? input.orders : [];
  const first = orders.map(
    ({ expression, descending, nullsFirst }) =>
      `${textOf(expression, fields)} ${descending ? "DESC" : "ASC"} NULLS ${nullsFirst ? "FIRST" : "LAST"}`,
  );
  const rest = fields.map(({ name }) => `${quoted(name)} ASC NULLS FIRST`);
  return `SELECT * FROM (${below}) ORDER BY ${[...first, ...rest].join(", ")} LIMIT ${count}`;
}

/** DuckDB puts a NULL inside a list or a struct last; here it comes first, as outside. */
function requireSameOrder(type: DataType): void {
  if (type.kind === "list" || (type.kind === "struct" && type.fields.some(({ nullable }) => nullable)))
    throw new NotPrintable("order of nested values");
}

function textOf(expression: Expression, fields: readonly Field[]): string {
  const inner = (each: Expression): string => textOf(each, fields);
  switch (expression.kind) {
    case "alias":
      return inner(expression.input);
    case "column":
      return quoted(expression.name);
    case "literal":
      return expression.type.kind === "float64"
        ? `${valueText(expression.value)}::DOUBLE`
        : valueText(expression.value);
    case "field":
      return `struct_extract(${inner(expression.input)}, '${expression.name}')`;
    case "window":
      return WINDOW;
    case "explode":
      return ELEMENT;
    case "case": {
      const branches = expression.branches.map(({ when, then }) => `WHEN ${inner(when)} THEN ${inner(then)}`).join(" ");
      return `CASE ${branches}${expression.otherwise === null ? "" : ` ELSE ${inner(expression.otherwise)}`} END`;
    }
    case "cast":
      return castText(inner(expression.input), compile(expression.input, { fields }).type, expression.type);
    case "call":
      return callText(expression, expression.args.map(inner));
    default:
      throw new NotPrintable(expression.kind);
  }
}

function castText(text: string, from: DataType, to: DataType): string {
  if (from.kind === "timestamp" && to.kind === "date") return `CAST((${floored(text, DAY)}) // ${DAY} AS INTEGER)`;
  if (from.kind === "date" && to.kind === "timestamp") return `(CAST(${text} AS BIGINT) * ${DAY})`;
  if (from.kind === "timestamp" && to.kind === "timestamp") return text;
  if (to.kind === "utf8" && from.kind !== "int32" && from.kind !== "int64")
    throw new NotPrintable("text of another type");
  return `CAST(${text} AS ${typeText(to)})`;
}

function floored(text: string, unit: bigint): string {
  return `${text} - (((${text}) % ${unit}) + ${unit}) % ${unit}`;
}

const INFIX: Partial<Record<Call["name"], string>> = {
  plus: "+",
  minus: "-",
  times: "*",
  mod: "%",
  eq: "=",
  ne: "<>",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  eqNullSafe: "IS NOT DISTINCT FROM",
  and: "AND",
  or: "OR",
  concat: "||",
};

function callText({ name, args }: Call, texts: readonly string[]): string {
  const infix = INFIX[name];
  if (infix !== undefined) return `(${texts.join(` ${infix} `)})`;
  const [first, second] = texts;
  const constant = (arg: Expression): string => (arg.kind === "literal" ? String(arg.value) : "");
  switch (name) {
    case "not":
      return `(NOT ${first})`;
    case "isNull":
      return `(${first} IS NULL)`;
    case "isNotNull":
      return `(${first} IS NOT NULL)`;
    case "coalesce":
      return `coalesce(${texts.join(", ")})`;
    case "length":
      return `CAST(length(${first}) AS INTEGER)`;
    case "size":
      return `CAST(len(${first}) AS INTEGER)`;
    case "dateTrunc":
      return `(${floored(second, UNITS[constant(args[0])])})`;
    case "addInterval":
      return `(${first} + ${intervalMicros(constant(args[1]))})`;
    case "windowTime":
      return `(struct_extract(${first}, 'end') - 1)`;
    case "struct":
      return `struct_pack(${args.flatMap((_, i) => (i % 2 === 0 ? [`${quoted(constant(args[i]))} := ${texts[i + 1]}`] : [])).join(", ")})`;
    default:
      throw new NotPrintable(name);
  }
}
