import { expect } from "vitest";
import type { LatePolicy, PlanNode } from "../../src/plan/plan-node.js";
import { randomCase } from "./cases/generate.js";
import { inReadOrder } from "./cases/rows.js";
import { integrate, oracleOf } from "./checks.js";
import { COVERAGE_OF_LATE, FULL_COVERAGE } from "./coverage.js";
import { rowsOfChunk, runEngine, type TriggerOutput } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import type { LateRow, Script } from "./oracle/oracle.js";
import type { Row } from "./oracle/values.js";

const LATE_COLUMNS = 3;

law({
  name: "law 7, late rows: every late filter drops exactly the rows that the model calls late, and the result is that of the others",
  generate: (random) =>
    randomCase(random, { plan: { eventTime: 1, late: ["operator", "operator", "source", "strict"] } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const last = lawCase.script.length - 1;
    const oracle = oracleOf(lawCase);
    const expected = oracle.lateRows(last);
    if (expected.length > 0) coverage.note("late");
    const outputs = runEngine(lawCase, { mode: "changelog", optimise: false });
    expect(integrate(outputs).lines()).toEqual(Multiset.of(oracle.result(last)).lines());
    expect(lateRowsOf(outputs)).toEqual(expectedLateRows(expected));
    expect(droppedOf(outputs)).toEqual(expected.length);
  },
});

law({
  name: "law 7, late: 'source': the result is that of the input without the dropped rows, as a batch",
  generate: (random) => randomCase(random, { plan: { eventTime: 1, late: ["source"] } }),
  coverage: COVERAGE_OF_LATE,
  check(lawCase, coverage) {
    const oracle = oracleOf(lawCase);
    const late = oracle.lateRows(lawCase.script.length - 1);
    if (late.length > 0) coverage.note("late");
    expect(late.every(({ ordinal }) => ordinal === null)).toBe(true);
    const kept = withoutLate(lawCase.script, late);
    const batch = oracleOf({ ...lawCase, plan: withLate(lawCase.plan, "never"), script: kept });
    expect(integrate(runEngine(lawCase, { mode: "changelog" })).lines()).toEqual(
      Multiset.of(batch.result(kept.length - 1)).lines(),
    );
  },
});

law({
  name: "law 7, late: 'strict': the same rows are late for every split of the input",
  generate: (random) => randomCase(random, { plan: { eventTime: 1, late: ["strict"], sources: 1 } }),
  coverage: COVERAGE_OF_LATE,
  check(lawCase, coverage) {
    const rows = lawCase.script.flat();
    const splits = [lawCase.script, [inReadOrder(rows)], rows.map((row) => [row])];
    const late = splits.map((script) =>
      lateRowsOf(runEngine({ ...lawCase, script }, { mode: "changelog", optimise: false })),
    );
    if (late[0].length > 0) coverage.note("late");
    for (const each of late) expect(each).toEqual(late[0]);
  },
});

/** "operator ordinal: row", sorted. */
function lateRowsOf(outputs: readonly TriggerOutput[]): string[] {
  return outputs
    .flatMap(({ late }) =>
      late.flatMap(({ operatorName, chunk }) =>
        rowsOfChunk(chunk).map(
          (row) => `${ordinalOf(operatorName)}: ${lineOf(row.slice(0, row.length - LATE_COLUMNS))}`,
        ),
      ),
    )
    .sort();
}

function expectedLateRows(late: readonly LateRow[]): string[] {
  return late.map(({ ordinal, row }) => `${ordinal ?? "source"}: ${lineOf(row)}`).sort();
}

function ordinalOf(operatorName: string): string {
  return operatorName.startsWith("withWatermark") ? "source" : operatorName.slice(operatorName.lastIndexOf("#") + 1);
}

function lineOf(row: Row): string {
  return Multiset.of([{ row, weight: 1 }]).lines()[0];
}

function droppedOf(outputs: readonly TriggerOutput[]): number {
  return outputs
    .flatMap(({ metrics }) => metrics)
    .reduce((sum, { numRowsDroppedByWatermark }) => sum + numRowsDroppedByWatermark, 0);
}

function withoutLate(script: Script, late: readonly LateRow[]): Script {
  const places = new Set(late.map(({ place }) => place));
  let place = 0;
  return script.map((rows) => rows.filter(() => !places.has(place++)));
}

function withLate(plan: PlanNode, late: LatePolicy): PlanNode {
  if (plan.kind === "scan") return plan;
  if (plan.kind === "union") return { ...plan, inputs: plan.inputs.map((input) => withLate(input, late)) };
  const input = withLate(plan.input, late);
  return plan.kind === "watermark" ? { ...plan, input, late } : { ...plan, input };
}
