import { AnalysisError } from "../common/millrace-error.js";
import { aggregateSignature } from "../expressions/aggregate-types.js";
import type { AggregateCall, Expression, SessionWindowCall } from "../expressions/expression.js";
import { expressionText } from "../expressions/format-expression.js";
import { outputName } from "../expressions/output-name.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Field } from "../types/data-type.js";
import { type AnalysedNode, KEEP_FOR_EVER, type ResolvedAggregate } from "./analysed-node.js";
import { analysisErrorAt } from "./analysis-error-at.js";
import { appendWindow, timeOf, windowTypeOf } from "./append-window.js";
import { coerce } from "./coerce.js";
import { expressionKey, withoutAlias } from "./expression-key.js";
import { firstByColumns } from "./first-by-columns.js";
import { outputField, refuseDuplicates } from "./output-field.js";
import { columnNotFound } from "./resolve-column.js";
import {
  aggregatesIn,
  argumentOf,
  callsIn,
  resolveAs,
  resolveCondition,
  resolveIn,
  type Scope,
} from "./resolve-expression.js";
import { columnAt } from "./rewrite-expression.js";
import { uniqueName } from "./unique-name.js";

/** One group key: what it is computed from, and the column it becomes. */
interface Key {
  readonly written: Expression;
  readonly field: Field;
  /** null for the session, which the operator computes. */
  readonly value: ResolvedExpression | null;
}

/**
 * groupBy(keys).agg(aggregates): a window key becomes a node below, an expression over aggregates a projection above.
 */
export function analyseAggregate(
  input: AnalysedNode,
  keys: readonly Expression[],
  aggregates: readonly Expression[],
): AnalysedNode {
  const place = `groupBy(${keys.map(expressionText).join(", ")}).agg(${aggregates.map(expressionText).join(", ")})`;
  const { node: source, scope } = appendWindow(input, keys, { schema: input.schema, place });
  const groups = keys.map((key) => resolveKey(key, scope));
  const calls = aggregates.flatMap(aggregatesIn);
  const resolved = nameAggregates(
    calls.map((call) => resolveAggregate(call, scope)),
    groups,
    aggregates,
  );
  const node = groupNode({ source, scope, groups, aggregates: resolved });
  return projectAggregates({ node, groups, calls, aggregates, input, place });
}

function resolveKey(written: Expression, scope: Scope): Key {
  const call = withoutAlias(written);
  if (call.kind === "sessionWindow") {
    const time = timeOf(resolveIn(scope, call.time), scope);
    return {
      written,
      value: null,
      field: { name: outputName(written), type: windowTypeOf(time.type), nullable: false },
    };
  }
  const value = resolveIn(scope, written);
  return { written, value, field: outputField(written, value, scope.place) };
}

function resolveAggregate(call: AggregateCall, scope: Scope): ResolvedAggregate {
  const inner: Scope = { ...scope, place: `${expressionText(call)} in ${scope.place}` };
  const given = call.args.map((arg) => resolveIn(inner, arg));
  const where = call.where === null ? null : resolveCondition(inner, call.where);
  const { name, functionId } = call;
  const outputName = expressionText(call);
  if (name === "user") {
    if (call.type === null) throw new Error("Broken invariant: a user aggregate declares its result type");
    return { name, args: given, where, functionId, type: call.type, nullable: true, outputName };
  }
  const {
    args: types,
    result,
    nullable,
  } = analysisErrorAt(inner.place, () => aggregateSignature(name, given.map(argumentOf)));
  return {
    name,
    args: given.map((arg, i) => coerce(arg, types[i])),
    where,
    functionId,
    type: result,
    nullable,
    outputName,
  };
}

/** An aggregate that is a whole output column has that column's name, one inside an expression its own text. */
function nameAggregates(
  resolved: readonly ResolvedAggregate[],
  groups: readonly Key[],
  written: readonly Expression[],
): ResolvedAggregate[] {
  const direct = written.map((each) => (withoutAlias(each).kind === "aggregate" ? outputName(each) : null));
  const taken = [...groups.map(({ field }) => field.name), ...direct.flatMap((name) => (name === null ? [] : [name]))];
  const names = written.flatMap((each, i) => aggregatesIn(each).map(() => direct[i]));
  return resolved.map((aggregate, i) => {
    const name = names[i] ?? uniqueName(aggregate.outputName, taken);
    taken.push(name);
    return { ...aggregate, outputName: name };
  });
}

interface Group {
  readonly source: AnalysedNode;
  readonly scope: Scope;
  readonly groups: readonly Key[];
  readonly aggregates: readonly ResolvedAggregate[];
}

function groupNode({ source, scope, groups, aggregates }: Group): AnalysedNode {
  const results = aggregates.map(({ outputName: name, type, nullable }): Field => ({ name, type, nullable }));
  const base = {
    input: source,
    schema: { fields: [...groups.map(({ field }) => field), ...results] },
    keys: groups.flatMap(({ value }) => (value === null ? [] : [value])),
    aggregates,
    operatorId: 0,
    operatorName: "",
    lifetime: KEEP_FOR_EVER,
  };
  const sessions = groups.flatMap(({ written, value }, i) =>
    value === null ? [{ call: withoutAlias(written) as SessionWindowCall, i }] : [],
  );
  if (sessions.length === 0) return firstByColumns({ ...base, kind: "aggregate" });
  if (
    sessions.length > 1 ||
    groups.some(({ written }) => callsIn(written, ({ kind }) => kind === "window").length > 0)
  ) {
    throw new AnalysisError("TWO_WINDOWS", "A session cannot be combined with another window.", {
      place: scope.place,
      hint: "Use one of them here, and the other one in a later step.",
    });
  }
  const [{ call, i: sessionPosition }] = sessions;
  const time = timeOf(resolveIn(scope, call.time), scope);
  return firstByColumns({ ...base, kind: "sessionAggregate", sessionPosition, time, gap: gapOf(call, scope) });
}

function gapOf(call: SessionWindowCall, scope: Scope): ResolvedExpression {
  const gap = resolveAs(scope, call.gap, { kind: "int64" });
  if (gap.kind === "literal" && typeof gap.value === "bigint" && gap.value <= 0n) {
    throw new AnalysisError("WINDOW_SIZE", "The gap of a session must be longer than 0.", { place: scope.place });
  }
  return gap;
}

interface Projected {
  readonly node: AnalysedNode;
  readonly groups: readonly Key[];
  readonly calls: readonly AggregateCall[];
  readonly aggregates: readonly Expression[];
  readonly input: AnalysedNode;
  readonly place: string;
}

/** The projection above, left out when every aggregate is a column by itself. */
function projectAggregates(projected: Projected): AnalysedNode {
  const { node, groups, aggregates, place } = projected;
  const scope = scopeAbove(projected);
  const keys = groups.map((_, i) => columnAt(node.schema.fields, i));
  const results = aggregates.map((each) => resolveIn(scope, each));
  const fields = [
    ...groups.map(({ field }) => field),
    ...aggregates.map((each, i) => outputField(each, results[i], place)),
  ];
  refuseDuplicates(fields, place);
  if (aggregates.every((each) => withoutAlias(each).kind === "aggregate")) return node;
  return { kind: "project", input: node, columns: [...keys, ...results], schema: { fields } };
}

/** Above the groups only keys (by name, or written out again) and aggregates have a value. */
function scopeAbove({ node, groups, calls, input, place }: Projected): Scope {
  const keys = new Map(groups.map(({ written }, i) => [expressionKey(written), i]));
  const results = new Map(calls.map((call, i) => [call as Expression, groups.length + i]));
  const { fields } = node.schema;
  const keySchema = { fields: fields.slice(0, groups.length) };
  const bound = (expression: Expression): ResolvedExpression | null => {
    const index = results.get(expression) ?? keys.get(expressionKey(expression));
    if (index !== undefined) return columnAt(fields, index);
    if (expression.kind === "column" && !isKeyPath(expression.name, groups))
      refuseUngrouped(expression.name, input, place);
    return null;
  };
  return { schema: keySchema, place, bound };
}

function isKeyPath(name: string, groups: readonly Key[]): boolean {
  return groups.some(({ field }) => name === field.name || name.startsWith(`${field.name}.`));
}

function refuseUngrouped(name: string, { schema }: AnalysedNode, place: string): never {
  if (!schema.fields.some((field) => field.name === name)) analysisErrorAt(place, () => columnNotFound(name, schema));
  const what = `The column "${name}" has many values per group.`;
  throw new AnalysisError("COLUMN_NOT_GROUPED", what, {
    place,
    hint: `Group by it, or aggregate it, for example with first("${name}").`,
  });
}
