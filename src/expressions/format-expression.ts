import { unreachable } from "../common/unreachable.js";
import { formatType } from "../types/format-type.js";
import type {
  AggregateCall,
  CalendarWindow,
  Cast,
  Expression,
  SessionWindowCall,
  TimeWindowCall,
} from "./expression.js";
import { formatLiteral } from "./format-literal.js";
import { formatMicros } from "./format-micros.js";
import type { FunctionName } from "./function-name.js";
import { INFIX, POSTFIX } from "./operator-symbols.js";
import type { ResolvedExpression } from "./resolved-expression.js";
import { typeFromText } from "./type-text.js";

type AnyExpression = Expression | ResolvedExpression;
type AnyCall = Extract<AnyExpression, { kind: "call" }>;
type AnyCase = Extract<AnyExpression, { kind: "case" }>;

/**
 * An expression as errors, explain and the names of unnamed columns print it: SQL operators, the exported names of
 * functions: `(amount + 1)`, `upper(name)`, `sum(amount)`, `CAST(a AS bigint)`.
 */
export function expressionText(expression: AnyExpression): string {
  switch (expression.kind) {
    case "column":
      return expression.name;
    case "star":
      return "*";
    case "literal":
      return formatLiteral(expression.value, expression.type);
    case "call":
      return callText(expression);
    case "alias":
      return `${expressionText(expression.input)} AS ${expression.name}`;
    case "case":
      return caseText(expression);
    case "cast":
      return castText(expression);
    case "field":
      return `${expressionText(expression.input)}.${expression.name}`;
    case "window":
      return windowText(expression);
    case "sessionWindow":
      return sessionText(expression);
    case "aggregate":
      return aggregateText(expression);
    case "explode":
      return `${expression.outer ? "explodeOuter" : "explode"}(${expressionText(expression.input)})`;
    default:
      return unreachable(expression);
  }
}

function callText({ name, args }: AnyCall): string {
  const symbol = INFIX.get(name);
  if (symbol !== undefined && args.length === 2)
    return `(${expressionText(args[0])} ${symbol} ${expressionText(args[1])})`;
  const postfix = POSTFIX.get(name);
  if (postfix !== undefined && args.length === 1) return `(${expressionText(args[0])} ${postfix})`;
  if (name === "not") return `(NOT ${list(args)})`;
  if (name === "negate") return `(- ${list(args)})`;
  if (name === "isin") return `(${expressionText(args[0])} IN (${list(args.slice(1))}))`;
  return `${name}(${argumentsText(name, args)})`;
}

function argumentsText(name: FunctionName, args: readonly AnyExpression[]): string {
  if (name === "struct") return structText(args);
  if (name === "fromJson") return `${expressionText(args[0])}, ${typeArgument(args[1])}`;
  return list(args);
}

/** Members as `value`, or `value AS name` where the value does not have that name by itself. */
function structText(args: readonly AnyExpression[]): string {
  const members: string[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) members.push(memberText(args[i], args[i + 1]));
  return members.join(", ");
}

function memberText(name: AnyExpression, value: AnyExpression): string {
  const written = name.kind === "literal" ? String(name.value) : expressionText(name);
  const own = value.kind === "column" || value.kind === "field" ? value.name : null;
  return own === written ? expressionText(value) : `${expressionText(value)} AS ${written}`;
}

function typeArgument(argument: AnyExpression): string {
  if (argument.kind !== "literal" || typeof argument.value !== "string") return expressionText(argument);
  return formatType(typeFromText(argument.value));
}

function caseText({ branches, otherwise }: AnyCase): string {
  const whens = branches.map(({ when, then }) => ` WHEN ${expressionText(when)} THEN ${expressionText(then)}`).join("");
  return `CASE${whens}${otherwise === null ? "" : ` ELSE ${expressionText(otherwise)}`} END`;
}

function castText({ input, type, safe }: Cast | Extract<ResolvedExpression, { kind: "cast" }>): string {
  return `${safe ? "TRY_CAST" : "CAST"}(${expressionText(input)} AS ${formatType(type)})`;
}

function windowText({ time, size, slide, offset, calendar }: TimeWindowCall): string {
  if (calendar !== null) return `window(${expressionText(time)}, ${calendarText(calendar)})`;
  const parts = [expressionText(time), formatMicros(size)];
  if (slide !== size || offset !== 0n) parts.push(formatMicros(slide));
  if (offset !== 0n) parts.push(formatMicros(offset));
  return `window(${parts.join(", ")})`;
}

function calendarText({ unit, count, zone }: CalendarWindow): string {
  return `${count} ${unit}${count === 1 ? "" : "s"} in ${zone}`;
}

function sessionText({ time, gap }: SessionWindowCall): string {
  const fixed = gap.kind === "literal" && typeof gap.value === "bigint" ? formatMicros(gap.value) : expressionText(gap);
  return `sessionWindow(${expressionText(time)}, ${fixed})`;
}

function aggregateText({ name, args, where, functionId }: AggregateCall): string {
  const filter = where === null ? "" : ` FILTER (WHERE ${expressionText(where)})`;
  return `${functionId ?? name}(${list(args)})${filter}`;
}

function list(args: readonly AnyExpression[]): string {
  return args.map(expressionText).join(", ");
}
