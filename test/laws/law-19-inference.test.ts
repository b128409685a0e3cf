import { expect } from "vitest";
import { inferProperties } from "../../src/plan/infer-properties.js";
import { isInsertOnly } from "../../src/plan/properties.js";
import { randomCase } from "./cases/generate.js";
import { type LawCase, nodesOfPlan, scansOf } from "./cases/law-case.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { Engine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { keyOf, type Row } from "./oracle/values.js";

law({
  name: "law 19, inference: what the planner says of an edge (insert-only, never deletes, keys) holds for all rows that cross it",
  generate: (random) => randomCase(random, { plan: { eventTime: 0.95, retracting: 0.4 } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    for (const part of partsOf(lawCase)) checkRoot(part);
    if (oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});

/** Every edge of a plan as the end of a plan of its own. */
function partsOf(lawCase: LawCase): LawCase[] {
  const all = scansOf(lawCase.plan).map(({ source }) => source.id);
  return nodesOfPlan(lawCase.plan)
    .filter(({ kind }) => kind !== "sort")
    .map((plan) => {
      const own = scansOf(plan).map(({ source }) => source.id);
      const script = lawCase.script.map((rows) =>
        rows.flatMap((row) =>
          own.includes(all[row.source]) ? [{ ...row, source: own.indexOf(all[row.source]) }] : [],
        ),
      );
      return { ...lawCase, plan, script };
    });
}

function checkRoot(lawCase: LawCase): void {
  const engine = new Engine(lawCase, { mode: "changelog" });
  const properties = inferProperties(engine.plan.root);
  const { visibleCount } = engine.plan.output;
  const keys = properties.keys.filter((key) => key.every((ordinal) => ordinal < visibleCount));
  const integrated = new Multiset();
  let before = keys.map(() => new Set<string>());
  for (const [t, rows] of lawCase.script.entries()) {
    const output = engine.trigger(rows).rows;
    if (isInsertOnly(properties))
      for (const { weight } of output) expect(weight, `an insert-only edge in trigger ${t}`).toBeGreaterThan(0);
    integrated.add(output);
    const after = keys.map((key) => keysOf(integrated, key));
    if (!properties.kinds.delete)
      for (const [i, old] of before.entries())
        for (const id of old) expect(after[i].has(id), `key ${id} stays after trigger ${t}`).toBe(true);
    before = after;
  }
}

/** The keys that are there; no two rows may share one. */
function keysOf(rows: Multiset, key: readonly number[]): Set<string> {
  const found = new Set<string>();
  for (const { row, weight } of rows.rows()) {
    const id = keyOf(key.map((ordinal): Row[number] => row[ordinal]));
    expect(found.has(id) || weight > 1, `key ${key.join()} is unique`).toBe(false);
    found.add(id);
  }
  return found;
}
