import type { PlanNode } from "../../../src/plan/plan-node.js";
import type { Field } from "../../../src/types/data-type.js";
import type { Script } from "../oracle/oracle.js";
import { inputsOfPlan, type LawCase, scansOf } from "./law-case.js";
import { withoutStrayDeletes } from "./rows.js";

const MOST_TRIES = 1500;

/** The smallest case that fails in the same way: first the plan shrinks, then the rows, then how they are split. */
export function shrinkCase(start: LawCase, failure: (lawCase: LawCase) => string | null): LawCase {
  const wanted = failure(start);
  let best = start;
  let tries = 0;
  const accept = (candidate: LawCase): boolean => {
    if (tries++ > MOST_TRIES || failure(candidate) !== wanted) return false;
    best = candidate;
    return true;
  };
  const passes = [smallerPlans, fewerRows, fewerTriggers, plainerDelivery, fewerColumns];
  for (let changed = true; changed && tries < MOST_TRIES; ) {
    changed = false;
    for (const pass of passes) while ([...pass(best)].some(accept)) changed = true;
  }
  return best;
}

function* smallerPlans(lawCase: LawCase): Iterable<LawCase> {
  for (const plan of reductions(lawCase.plan)) {
    const scans = scansOf(lawCase.plan).map(({ source }) => source.id);
    const left = scansOf(plan).map(({ source }) => source.id);
    const script = lawCase.script.map((rows) =>
      rows.flatMap((row) => {
        const source = left.indexOf(scans[row.source]);
        return source < 0 ? [] : [{ ...row, source }];
      }),
    );
    yield { ...lawCase, plan, script };
  }
}

/** Plans with one piece less: an operator, a source, a column, a key, an aggregate, half of a condition. */
function* reductions(plan: PlanNode): Iterable<PlanNode> {
  if (plan.kind === "union") {
    yield* plan.inputs;
    if (plan.inputs.length > 2)
      for (let i = 0; i < plan.inputs.length; i++) yield { ...plan, inputs: without(plan.inputs, i) };
    for (const [i, input] of plan.inputs.entries())
      for (const less of reductions(input)) yield { ...plan, inputs: replaced(plan.inputs, i, less) };
    return;
  }
  yield* inputsOfPlan(plan);
  if (plan.kind === "project" && plan.columns.length > 1)
    for (let i = 0; i < plan.columns.length; i++) yield { ...plan, columns: without(plan.columns, i) };
  if (plan.kind === "aggregate") {
    for (let i = 0; i < plan.keys.length; i++) yield { ...plan, keys: without(plan.keys, i) };
    if (plan.aggregates.length > 1)
      for (let i = 0; i < plan.aggregates.length; i++) yield { ...plan, aggregates: without(plan.aggregates, i) };
  }
  if (plan.kind === "dropDuplicates" && plan.columns !== null && plan.columns.length > 1)
    for (let i = 0; i < plan.columns.length; i++) yield { ...plan, columns: without(plan.columns, i) };
  if (plan.kind === "filter" && plan.condition.kind === "call")
    for (const condition of plan.condition.args) yield { ...plan, condition };
  if (plan.kind === "scan" && !plan.source.insertOnly) yield { ...plan, source: { ...plan.source, insertOnly: true } };
  if (plan.kind !== "scan") for (const input of reductions(plan.input)) yield { ...plan, input };
}

function without<T>(values: readonly T[], index: number): readonly T[] {
  return values.filter((_, i) => i !== index);
}

function* fewerRows(lawCase: LawCase): Iterable<LawCase> {
  const { script } = lawCase;
  const of = (shorter: Script): LawCase => ({ ...lawCase, script: withoutStrayDeletes(shorter) });
  for (let t = script.length - 1; t >= 0; t--) if (script[t].length > 1) yield of(replaced(script, t, []));
  for (const [t, rows] of script.entries())
    for (let i = 0; i < rows.length; i++) yield of(replaced(script, t, without(rows, i)));
  for (const [t, rows] of script.entries())
    for (const [i, row] of rows.entries())
      for (const [c, value] of row.row.entries())
        if (value !== null && c > 0)
          yield of(
            script.map((each, u) => (u === t ? replaced(each, i, { ...row, row: replaced(row.row, c, null) }) : each)),
          );
}

function* fewerTriggers(lawCase: LawCase): Iterable<LawCase> {
  const { script } = lawCase;
  for (let t = 0; t < script.length && script.length > 1; t++)
    if (script[t].length === 0) yield { ...lawCase, script: without(script, t) };
  for (let t = 1; t < script.length; t++)
    yield { ...lawCase, script: [...script.slice(0, t - 1), [...script[t - 1], ...script[t]], ...script.slice(t + 1)] };
}

function* plainerDelivery(lawCase: LawCase): Iterable<LawCase> {
  const { delivery } = lawCase;
  if (delivery.selective) yield { ...lawCase, delivery: { ...delivery, selective: false } };
  if (delivery.dictionary) yield { ...lawCase, delivery: { ...delivery, dictionary: false } };
  if (delivery.cut !== null) yield { ...lawCase, delivery: { ...delivery, cut: null } };
}

function replaced<T>(values: readonly T[], index: number, value: T): readonly T[] {
  return values.map((each, i) => (i === index ? value : each));
}

/** Columns that the plan does not need any more. */
function* fewerColumns(lawCase: LawCase): Iterable<LawCase> {
  for (const [source, scan] of scansOf(lawCase.plan).entries()) {
    const { fields } = scan.source.schema;
    for (let c = fields.length - 1; c >= 0 && fields.length > 1; c--) {
      const plan = rewriteScan(lawCase.plan, scan.source.id, without(fields, c));
      const script = lawCase.script.map((rows) =>
        rows.map((row) => (row.source === source ? { ...row, row: without(row.row, c) } : row)),
      );
      yield { ...lawCase, plan, script };
    }
  }
}

function rewriteScan(plan: PlanNode, id: string, fields: readonly Field[]): PlanNode {
  if (plan.kind === "scan")
    return plan.source.id === id ? { ...plan, source: { ...plan.source, schema: { fields } } } : plan;
  if (plan.kind === "union") return { ...plan, inputs: plan.inputs.map((input) => rewriteScan(input, id, fields)) };
  return { ...plan, input: rewriteScan(plan.input, id, fields) };
}
