import { AnalysisError } from "../common/millrace-error.js";
import { unreachable } from "../common/unreachable.js";
import type { AggregateCall, Call, CaseWhen, Cast, Expression, FieldAccess } from "../expressions/expression.js";
import { expressionText } from "../expressions/format-expression.js";
import type { Argument } from "../expressions/function-definition.js";
import { functionDefinition } from "../expressions/function-registry.js";
import { literalOf } from "../expressions/literal-of.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import { commonTypeOf } from "../expressions/widen-types.js";
import { CARRIED_KINDS, type DataType, type Schema } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import { analysisErrorAt } from "./analysis-error-at.js";
import { canCast } from "./can-cast.js";
import { coerce, refuseCast } from "./coerce.js";
import { expandStar } from "./expand-star.js";
import { memberOf, resolveColumn } from "./resolve-column.js";

/** Where an expression stands: the columns it may name, and what has already become a column of its own. */
export interface Scope {
  readonly schema: Schema;
  /** The verb, for error texts. */
  readonly place: string;
  /** Windows, generators, aggregates and group keys that plan nodes compute; asked before anything else. */
  readonly bound?: (expression: Expression) => ResolvedExpression | null;
  /** The columns that a star within struct(...) stands for; without them it is refused. */
  readonly starred?: Schema;
}

/** Columns by ordinal, types on every node, implicit casts written out. */
export function resolveExpression(
  expression: Expression,
  schema: Schema,
  place = expressionText(expression),
): ResolvedExpression {
  return resolveIn({ schema, place }, expression);
}

export function resolveIn(scope: Scope, expression: Expression): ResolvedExpression {
  return analysisErrorAt(scope.place, () => resolve(scope, expression));
}

/** A condition: a boolean, NULL counting as false. */
export function resolveCondition(scope: Scope, expression: Expression): ResolvedExpression {
  return resolveAs(scope, expression, { kind: "bool" });
}

/** Refuses anything but `type`; a bare NULL becomes one of that type. */
export function resolveAs(scope: Scope, expression: Expression, type: DataType): ResolvedExpression {
  const resolved = resolveIn(scope, expression);
  if (resolved.type.kind !== type.kind && resolved.type.kind !== "null") {
    const what = `${expressionText(expression)} must be a ${formatType(type)}, but is a ${formatType(resolved.type)}.`;
    throw new AnalysisError("TYPE_MISMATCH", what, { place: scope.place });
  }
  return coerce(resolved, type);
}

function resolve(scope: Scope, expression: Expression): ResolvedExpression {
  const bound = scope.bound?.(expression) ?? null;
  if (bound !== null) return bound;
  switch (expression.kind) {
    case "column":
      return resolveColumn(expression.name, scope.schema);
    case "literal":
      return { kind: "literal", type: expression.type, value: expression.value, nullable: expression.value === null };
    case "call":
      return resolveCall(scope, expression);
    case "alias":
      return resolve(scope, expression.input);
    case "case":
      return resolveCase(scope, expression);
    case "cast":
      return resolveCast(scope, expression);
    case "field":
      return resolveField(scope, expression);
    case "star":
    case "window":
    case "sessionWindow":
    case "aggregate":
    case "explode":
      return refusePosition(expression);
    default:
      return unreachable(expression);
  }
}

type Misplaced = Extract<Expression, { kind: "star" | "window" | "sessionWindow" | "aggregate" | "explode" }>;

function refusePosition(expression: Misplaced): never {
  const [code, what, hint] = POSITION_ERRORS[expression.kind];
  throw new AnalysisError(code, `${expressionText(expression)} ${what}`, { hint });
}

const POSITION_ERRORS: Record<Misplaced["kind"], readonly [code: string, what: string, hint: string]> = {
  star: [
    "STAR_POSITION",
    "stands for several columns, so it cannot be part of an expression.",
    "Use it alone in select, or in struct(...).",
  ],
  window: [
    "WINDOW_POSITION",
    "cannot stand here.",
    "Use window() as a group key or in select, and refer to its column.",
  ],
  sessionWindow: [
    "WINDOW_POSITION",
    "cannot stand here: a session exists only per group.",
    "Use sessionWindow() as a group key.",
  ],
  aggregate: [
    "AGGREGATE_NOT_ALLOWED",
    "is an aggregate, which needs groups.",
    "Compute it with groupBy(...).agg(...) first, or use agg(...) for all rows.",
  ],
  explode: [
    "GENERATOR_POSITION",
    "makes several rows of one, so it cannot be part of an expression.",
    "Put it in select by itself, or under .as(name), once.",
  ],
};

/** How a type rule sees a resolved argument. */
export function argumentOf(expression: ResolvedExpression): Argument {
  return {
    type: expression.type,
    nullable: expression.nullable,
    literal: expression.kind === "literal" ? { value: expression.value } : null,
  };
}

function resolveCall(scope: Scope, call: Call): ResolvedExpression {
  const given =
    call.name === "struct" ? structArguments(scope, call.args) : call.args.map((arg) => resolve(scope, arg));
  const { signature } = functionDefinition(call.name);
  const {
    args: types,
    result,
    nullable,
  } = analysisErrorAt(`${expressionText(call)} in ${scope.place}`, () => signature(given.map(argumentOf)));
  return { kind: "call", name: call.name, args: given.map((arg, i) => coerce(arg, types[i])), type: result, nullable };
}

/** Names and values in turn, as they are written; a star in place of a value brings all of its own. */
function structArguments(scope: Scope, args: readonly Expression[]): readonly ResolvedExpression[] {
  const { starred } = scope;
  const starScope = starred && { schema: starred, resolve: (expression: Expression) => resolve(scope, expression) };
  return args.flatMap((arg, i) => {
    if (i % 2 === 0) return [];
    const columns = starScope === undefined ? null : expandStar(arg, starScope);
    if (columns === null) return [resolve(scope, args[i - 1]), resolve(scope, arg)];
    return columns.flatMap(({ name, column }) => [resolve(scope, literalOf(name)), column]);
  });
}

function resolveCase(scope: Scope, { branches, otherwise }: CaseWhen): ResolvedExpression {
  const whens = branches.map(({ when }) => resolveCondition(scope, when));
  const thens = branches.map(({ then }) => resolve(scope, then));
  const last = otherwise === null ? null : resolve(scope, otherwise);
  const results = last === null ? thens : [...thens, last];
  const type = commonTypeOf(results.map((result) => result.type));
  if (type === null) {
    const types = results.map((result) => formatType(result.type)).join(", ");
    throw new AnalysisError("TYPE_MISMATCH", `The results of when(...) have no common type: ${types}.`, {
      hint: "Cast them to one type.",
    });
  }
  return {
    kind: "case",
    branches: thens.map((then, i) => ({ when: whens[i], then: coerce(then, type) })),
    otherwise: last === null ? null : coerce(last, type),
    type,
    nullable: last === null || results.some((result) => result.nullable),
  };
}

function resolveCast(scope: Scope, { input, type, safe }: Cast): ResolvedExpression {
  const resolved = resolve(scope, input);
  requireCarried(type);
  if (!canCast(resolved.type, type)) refuseCast(resolved, type);
  if (!safe) return coerce(resolved, type);
  return { kind: "cast", input: resolved, type, safe, nullable: true };
}

function requireCarried(type: DataType): void {
  if (!CARRIED_KINDS.includes(type.kind)) {
    throw new AnalysisError("TYPE_NOT_SUPPORTED", `Columns of type ${formatType(type)} are not supported yet.`, {
      hint: "Cast to another type.",
    });
  }
  if (type.kind === "list") requireCarried(type.element);
  if (type.kind === "struct") for (const field of type.fields) requireCarried(field.type);
}

/** A path that is the exact name of a column is that column. */
function resolveField(scope: Scope, access: FieldAccess): ResolvedExpression {
  const path = pathOf(access);
  if (path !== null && scope.schema.fields.some((field) => field.name === path))
    return resolveColumn(path, scope.schema);
  return memberOf(resolve(scope, access.input), access.name);
}

function pathOf(expression: Expression): string | null {
  if (expression.kind === "column") return expression.name;
  if (expression.kind !== "field") return null;
  const input = pathOf(expression.input);
  return input === null ? null : `${input}.${expression.name}`;
}

/** The aggregate calls inside an expression, outermost first met; arguments of an aggregate are not searched. */
export function aggregatesIn(expression: Expression): AggregateCall[] {
  return callsIn(expression, (each) => each.kind === "aggregate") as AggregateCall[];
}

/** The outermost sub-expressions that `wanted` picks. */
export function callsIn(expression: Expression, wanted: (expression: Expression) => boolean): Expression[] {
  if (wanted(expression)) return [expression];
  return childExpressions(expression).flatMap((child) => callsIn(child, wanted));
}

function childExpressions(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "column":
    case "literal":
    case "star":
      return [];
    case "call":
      return expression.args;
    case "alias":
    case "cast":
    case "field":
    case "explode":
      return [expression.input];
    case "case":
      return [
        ...expression.branches.flatMap(({ when, then }) => [when, then]),
        ...(expression.otherwise === null ? [] : [expression.otherwise]),
      ];
    case "window":
      return [expression.time];
    case "sessionWindow":
      return [expression.time, expression.gap];
    case "aggregate":
      return expression.where === null ? expression.args : [...expression.args, expression.where];
    default:
      return unreachable(expression);
  }
}
