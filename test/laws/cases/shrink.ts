import type { PlanNode } from "../../../src/plan/plan-node.js";
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
  const passes = [smallerPlans, fewerRows, fewerTriggers, plainerDelivery];
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
      for (const less of reductions(input)) yield { ...plan, inputs: plan.inputs.with(i, less) };
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
  for (let t = script.length - 1; t >= 0; t--) if (script[t].length > 1) yield of(script.with(t, []));
  for (const [t, rows] of script.entries())
    for (let i = 0; i < rows.length; i++) yield of(script.with(t, without(rows, i)));
  for (const [t, rows] of script.entries())
    for (const [i, row] of rows.entries())
      for (const [c, value] of row.row.entries())
        if (value !== null && c > 0)
          yield of(
            script.map((each, u) => (u === t ? each.with(i, { ...row, row: row.row.with(c, null) }) : [...each])),
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
