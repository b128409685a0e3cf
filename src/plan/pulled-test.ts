import type { ResolvedCall, ResolvedExpression } from "../expressions/resolved-expression.js";
import type { AnalysedWindow } from "./analysed-node.js";
import type { BoundExpression, ColumnPath } from "./bound-expression.js";
import { LAST_INSTANT, pathOf } from "./bound-of.js";
import { isSameShape } from "./infer-windows.js";
import { columnOf, type Ending } from "./lifetimes.js";
import { memberOf } from "./resolve-column.js";
import {
  cannotFail,
  childrenOf,
  columnAt,
  columnsIn,
  isPure,
  sameExpression,
  sameHead,
  throughColumns,
} from "./rewrite-expression.js";
import { sameBound } from "./same-bound.js";

/** The late test of an operator, on its way down to the operators below. */
export interface PulledTest {
  readonly value: ResolvedExpression;
  readonly bound: BoundExpression;
  /** The column of the operator it comes from, for messages. */
  readonly column: string;
  /** What filters on the way ask of a row: one that they remove reaches the operator never, so it is not late for it. */
  readonly guard: ResolvedExpression | null;
}

/** The test of a key column, over the operator's input. */
export function keyTest(node: Ending, path: ColumnPath, bound: BoundExpression): PulledTest {
  const key = columnOf(path);
  const field = node.schema.fields[key];
  const whole = keyExpression(node, key);
  if (whole === null) throw new Error("Broken invariant: eviction by a column that is not a key");
  const member = path.includes(".") ? Number(path.slice(path.indexOf(".") + 1)) : null;
  if (member === null || field.type.kind !== "struct") return { value: whole, bound, column: field.name, guard: null };
  const { name } = field.type.fields[member];
  return { value: memberOf(whole, name), bound, column: `${field.name}.${name}`, guard: null };
}

/** What a key column of the output is computed from; null for a session and for aggregates. */
function keyExpression(node: Ending, output: number): ResolvedExpression | null {
  switch (node.kind) {
    case "dropDuplicates":
      return columnAt(node.input.schema.fields, output);
    case "aggregate":
      return output < node.keys.length ? node.keys[output] : null;
    case "sessionAggregate":
      if (output === node.sessionPosition || output > node.keys.length) return null;
      return node.keys[output < node.sessionPosition ? output : output - 1];
  }
}

/** Whether a test may be evaluated below its operator, for rows that never reach it: without failing, and to the same end. */
export function isMovable({ value, guard }: PulledTest): boolean {
  return [value, ...(guard === null ? [] : [guard])].every(
    (expression) => cannotFail(expression) && isPure(expression),
  );
}

/** Through the operator that a filter protects: only columns that it hands on. */
export function handOn(tests: readonly PulledTest[], node: Ending): readonly PulledTest[] {
  const outputs = node.schema.fields.map((_, i) => keyExpression(node, i));
  return tests.flatMap((test) => {
    const reads = [...columnsOf(test)];
    if (reads.some((column) => outputs[column] === null)) return [];
    return [
      substituteTest(
        test,
        outputs.map((output, i) => output ?? columnAt(node.schema.fields, i)),
      ),
    ];
  });
}

export function throughProject(
  tests: readonly PulledTest[],
  columns: readonly ResolvedExpression[],
): readonly PulledTest[] {
  return tests.map((test) => substituteTest(test, columns));
}

function substituteTest(test: PulledTest, columns: readonly ResolvedExpression[]): PulledTest {
  const guard = test.guard === null ? null : throughColumns(test.guard, columns);
  return { ...test, value: throughColumns(test.value, columns), guard };
}

/** A row that the filter removes is not late for what stands above it. */
export function throughFilter(tests: readonly PulledTest[], condition: ResolvedExpression): readonly PulledTest[] {
  return tests.map((test) => ({ ...test, guard: test.guard === null ? condition : and(condition, test.guard) }));
}

function and(left: ResolvedExpression, right: ResolvedExpression): ResolvedCall {
  return {
    kind: "call",
    name: "and",
    args: [left, right],
    type: { kind: "bool" },
    nullable: left.nullable || right.nullable,
  };
}

/** Only tests on columns that are the same for every element. */
export function throughExplode(tests: readonly PulledTest[], element: number): readonly PulledTest[] {
  return tests.filter((test) => !columnsOf(test).has(element));
}

/**
 * A row goes into several windows, and is late here only if it is late for the last of them: the last window that holds
 * `time` ends at or before the bound exactly when `time` lies before the start of the earliest window still open.
 */
export function throughWindow(tests: readonly PulledTest[], node: AnalysedWindow): readonly PulledTest[] {
  const column = node.schema.fields.length - 1;
  return tests.flatMap((test) => {
    if (!columnsOf(test).has(column)) return [test];
    const { bound, value, guard } = test;
    const path = pathOf(value);
    const isEnd = path === `${column}.1` && bound.kind === "windowEnd";
    const isStart = path === `${column}.0` && bound.kind === "windowStart";
    if (!(isEnd || isStart) || !isSameShape(bound.shape, node.shape)) return [];
    if (guard !== null && columnsIn(guard).has(column)) return [];
    return [{ ...test, value: node.time, bound: { kind: "windowStart", shape: node.shape, input: bound.input } }];
  });
}

function columnsOf({ value, guard }: PulledTest): Set<number> {
  const columns = columnsIn(value);
  return guard === null ? columns : columnsIn(guard, columns);
}

/** True when every row that fails the test fails one of `own` as well. */
export function isImplied({ value, bound }: Pick<PulledTest, "value" | "bound">, own: readonly PulledTest[]): boolean {
  if (own.some((test) => test.guard === null && sameBound(test.bound, bound) && sameExpression(test.value, value)))
    return true;
  switch (bound.kind) {
    // f(v) < f(b) only where v < b.
    case "apply": {
      const inner = argumentOfPattern(bound.expression, value);
      return inner !== null && isImplied({ value: inner, bound: bound.input }, own);
    }
    // The earliest open window starts at or before the bound.
    case "windowStart":
      return isImplied({ value, bound: bound.input }, own);
    case "min":
      return bound.inputs.some((input) => isImplied({ value, bound: input }, own));
    case "max":
      return bound.inputs.every((input) => isImplied({ value, bound: input }, own));
    case "watermark":
    case "windowEnd":
      return false;
  }
}

/** What stands in `value` where column 0 stands in `pattern`, when the rest is the same; null when it is not. */
function argumentOfPattern(pattern: ResolvedExpression, value: ResolvedExpression): ResolvedExpression | null {
  if (pattern.kind === "column") return value;
  if (isWindowTime(value) && isLastInstant(pattern)) return memberOf(value.args[0], "end");
  if (!sameHead(pattern, value)) return null;
  const wanted = childrenOf(pattern);
  const given = childrenOf(value);
  if (wanted.length !== given.length) return null;
  const at = wanted.findIndex((child) => columnsIn(child).size > 0);
  if (at < 0 || wanted.some((child, i) => i !== at && !sameExpression(child, given[i]))) return null;
  return argumentOfPattern(wanted[at], given[at]);
}

function isWindowTime(expression: ResolvedExpression): expression is ResolvedCall {
  return expression.kind === "call" && expression.name === "windowTime";
}

function isLastInstant(pattern: ResolvedExpression): boolean {
  if (pattern.kind !== "call" || pattern.name !== "addInterval" || pattern.args[0].kind !== "column") return false;
  const [, interval] = pattern.args;
  return interval.kind === "literal" && interval.value === LAST_INSTANT;
}
