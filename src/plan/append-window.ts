import { AnalysisError } from "../common/millrace-error.js";
import type { Expression, TimeWindowCall } from "../expressions/expression.js";
import { expressionText } from "../expressions/format-expression.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import { isWindowType, WINDOW_TYPE } from "../expressions/window-type.js";
import type { DataType, TimestampType } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import type { AnalysedNode } from "./analysed-node.js";
import { coerce } from "./coerce.js";
import { expressionKey } from "./expression-key.js";
import { dropSorts } from "./lift-order.js";
import { callsIn, resolveIn, type Scope } from "./resolve-expression.js";
import { columnAt } from "./rewrite-expression.js";
import { uniqueName } from "./unique-name.js";

/** A node with one more column, and the scope in which the window call means that column. */
export interface Appended {
  readonly node: AnalysedNode;
  readonly scope: Scope;
}

/** Moves the time window that some of the expressions hold, if any, into a node of its own above `input`. */
export function appendWindow(input: AnalysedNode, expressions: readonly Expression[], scope: Scope): Appended {
  const calls = expressions.flatMap((expression) =>
    callsIn(expression, (each) => each.kind === "window"),
  ) as TimeWindowCall[];
  if (calls.length === 0) return { node: input, scope };
  const key = expressionKey(calls[0]);
  const other = calls.find((call) => expressionKey(call) !== key);
  if (other !== undefined) refuseSecondWindow(calls[0], other, scope);
  const node = windowNode(input, calls[0], scope);
  const column = columnAt(node.schema.fields, input.schema.fields.length);
  const bound = (expression: Expression): ResolvedExpression | null =>
    expression.kind === "window" && expressionKey(expression) === key ? column : (scope.bound?.(expression) ?? null);
  return { node, scope: { ...scope, bound } };
}

function refuseSecondWindow(first: TimeWindowCall, second: TimeWindowCall, { place }: Scope): never {
  const what = `${expressionText(first)} and ${expressionText(second)} would put each row into every pair of their windows.`;
  throw new AnalysisError("TWO_WINDOWS", what, {
    place,
    hint: "Use one window here, and the other one in a later step.",
  });
}

function windowNode(input: AnalysedNode, call: TimeWindowCall, scope: Scope): AnalysedNode {
  checkShape(call, scope);
  const time = timeOf(resolveIn(scope, call.time), scope);
  const { fields } = input.schema;
  const name = uniqueName(
    "window",
    fields.map((field) => field.name),
  );
  const { size, slide, offset, calendar } = call;
  return {
    kind: "window",
    input: dropSorts(input),
    time,
    shape: { size, slide, offset, calendar },
    schema: { fields: [...fields, { name, type: windowTypeOf(time.type), nullable: false }] },
  };
}

function checkShape({ size, slide, calendar }: TimeWindowCall, { place }: Scope): void {
  if (calendar !== null) return;
  if (size > 0n && slide > 0n && slide <= size) return;
  throw new AnalysisError(
    "WINDOW_SIZE",
    "A window needs a size above 0 and a slide above 0 that is not longer than the size.",
    { place },
  );
}

/** A timestamp; a date counts as its midnight, a window as its last instant, so that windows can be windowed again. */
export function timeOf(time: ResolvedExpression, { place }: Scope): ResolvedExpression {
  if (isWindowType(time.type))
    return { kind: "call", name: "windowTime", args: [time], type: time.type.fields[1].type, nullable: time.nullable };
  if (time.type.kind === "timestamp") return time;
  if (time.type.kind === "date" || time.type.kind === "null") return coerce(time, UTC);
  const what = `${expressionText(time)} must be a timestamp, but is a ${formatType(time.type)}.`;
  throw new AnalysisError("TYPE_MISMATCH", what, {
    place,
    hint: "Convert it with toTimestamp(...) or .cast(timestamp()).",
  });
}

const UTC: TimestampType = { kind: "timestamp", zone: "UTC" };

/** start and end have the type of the time that was windowed. */
export function windowTypeOf(time: DataType): DataType {
  if (time.kind === "timestamp" && time.zone === "UTC") return WINDOW_TYPE;
  return { kind: "struct", fields: WINDOW_TYPE.fields.map((field) => ({ ...field, type: time })) };
}
