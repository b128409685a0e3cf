import { unreachable } from "../common/unreachable.js";
import { functionDefinition } from "../expressions/function-registry.js";
import type {
  ResolvedCast,
  ResolvedColumn,
  ResolvedExpression,
  ResolvedField,
} from "../expressions/resolved-expression.js";
import { sameType } from "../types/same-type.js";
import { isLosslessCast } from "./lossless-cast.js";

/** Replaces columns; a member of a struct that is built on the spot becomes the member's own expression. */
export function substitute(
  expression: ResolvedExpression,
  replace: (column: ResolvedColumn) => ResolvedExpression,
): ResolvedExpression {
  const inner = (child: ResolvedExpression): ResolvedExpression => substitute(child, replace);
  switch (expression.kind) {
    case "column":
      return replace(expression);
    case "literal":
      return expression;
    case "call":
      return { ...expression, args: expression.args.map(inner) };
    case "case":
      return {
        ...expression,
        branches: expression.branches.map(({ when, then }) => ({ when: inner(when), then: inner(then) })),
        otherwise: expression.otherwise === null ? null : inner(expression.otherwise),
      };
    case "cast":
      return { ...expression, input: inner(expression.input) };
    case "field":
      return memberOf(inner(expression.input), expression);
    default:
      return unreachable(expression);
  }
}

function memberOf(input: ResolvedExpression, field: ResolvedField): ResolvedExpression {
  if (input.kind === "call" && input.name === "struct") return input.args[2 * field.index + 1];
  return { ...field, input };
}

/** Replaces columns by the expressions of a projection. */
export function throughColumns(
  expression: ResolvedExpression,
  columns: readonly ResolvedExpression[],
): ResolvedExpression {
  return substitute(expression, ({ index }) => columns[index]);
}

export function childrenOf(expression: ResolvedExpression): readonly ResolvedExpression[] {
  switch (expression.kind) {
    case "column":
    case "literal":
      return [];
    case "call":
      return expression.args;
    case "case": {
      const branches = expression.branches.flatMap(({ when, then }) => [when, then]);
      return expression.otherwise === null ? branches : [...branches, expression.otherwise];
    }
    case "cast":
    case "field":
      return [expression.input];
    default:
      return unreachable(expression);
  }
}

/** The ordinals an expression reads. */
export function columnsIn(expression: ResolvedExpression, into = new Set<number>()): Set<number> {
  if (expression.kind === "column") into.add(expression.index);
  for (const child of childrenOf(expression)) columnsIn(child, into);
  return into;
}

/** False when evaluation can throw for some row. */
export function cannotFail(expression: ResolvedExpression): boolean {
  if (expression.kind === "call" && functionDefinition(expression.name).canFail) return false;
  if (expression.kind === "cast" && !castIsSafe(expression)) return false;
  return childrenOf(expression).every(cannotFail);
}

function castIsSafe(cast: ResolvedCast): boolean {
  return cast.safe || cast.type.kind === "utf8" || isLosslessCast(cast.input.type, cast.type);
}

/** True when the same row always gives the same value: no now(). */
export function isPure(expression: ResolvedExpression): boolean {
  if (expression.kind === "call" && !functionDefinition(expression.name).pure) return false;
  return childrenOf(expression).every(isPure);
}

/** Equal for every row. Names are for printing and do not count. */
export function sameExpression(a: ResolvedExpression, b: ResolvedExpression): boolean {
  if (a === b) return true;
  if (!sameHead(a, b)) return false;
  const left = childrenOf(a);
  const right = childrenOf(b);
  return left.length === right.length && left.every((child, i) => sameExpression(child, right[i]));
}

/** Equal apart from children. */
export function sameHead(a: ResolvedExpression, b: ResolvedExpression): boolean {
  if (!sameType(a.type, b.type)) return false;
  switch (a.kind) {
    case "column":
      return b.kind === "column" && a.index === b.index;
    case "literal":
      return b.kind === "literal" && sameLiteral(a.value, b.value);
    case "call":
      return b.kind === "call" && a.name === b.name;
    case "case":
      return b.kind === "case" && a.branches.length === b.branches.length;
    case "cast":
      return b.kind === "cast" && a.safe === b.safe;
    case "field":
      return b.kind === "field" && a.index === b.index;
    default:
      return unreachable(a);
  }
}

function sameLiteral(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array)
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  return Object.is(a, b);
}

/** Column `index` of a schema as an expression. */
export function columnAt(
  fields: readonly { readonly name: string; readonly type: ResolvedExpression["type"]; readonly nullable: boolean }[],
  index: number,
): ResolvedColumn {
  const { name, type, nullable } = fields[index];
  return { kind: "column", index, name, type, nullable };
}
