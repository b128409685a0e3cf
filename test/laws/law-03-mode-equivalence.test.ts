import { expect } from "vitest";
import type { SortOrder } from "../../src/plan/plan-node.js";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import type { Random } from "./cases/random.js";
import { USER_RESULTS } from "./cases/user-functions.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { Engine, type OutputRow } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { compilePlan } from "./oracle/compile-plan.js";
import { compile } from "./oracle/expressions.js";
import { compareValues, type Row } from "./oracle/values.js";
import { orRefused } from "./refusals.js";
import { UpdateTable } from "./update-table.js";

law({
  name: "law 3, mode equivalence: after every trigger changelog, complete and update stand for the same rows, those of the model",
  generate: (random) => sometimesSorted(random, randomCase(random, { plan: { eventTime: 0.95 } })),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const oracle = oracleOf(lawCase);
    const changelog = new Engine(lawCase, { mode: "changelog" });
    const complete = new Engine(lawCase, { mode: "complete" });
    const update = orRefused(["UPDATE_NO_KEY"], () => new Engine(lawCase, { mode: "update" }));
    const table = update === null ? null : new UpdateTable(update.plan.output);
    const integrated = new Multiset();
    for (const [t, rows] of lawCase.script.entries()) {
      const expected = Multiset.of(oracle.result(t));
      integrated.add(changelog.trigger(rows).rows);
      expect(integrated.lines(), `changelog after trigger ${t}`).toEqual(expected.lines());
      const whole = complete.trigger(rows).rows;
      expect(Multiset.of(whole).lines(), `complete after trigger ${t}`).toEqual(expected.lines());
      expectSorted(lawCase, whole);
      if (update !== null) table?.apply(update.trigger(rows).rows, expected, t);
    }
    if (oracle.lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});

function sometimesSorted(random: Random, lawCase: LawCase): LawCase {
  if (!random.chance(0.25)) return lawCase;
  const { fields } = compilePlan(lawCase.plan, USER_RESULTS);
  const orders = random.some(fields, 1, 2).map(
    ({ name }): SortOrder => ({
      expression: { kind: "column", name },
      descending: random.chance(0.5),
      nullsFirst: random.chance(0.5),
    }),
  );
  return { ...lawCase, plan: { kind: "sort", input: lawCase.plan, orders } };
}

function expectSorted({ plan }: LawCase, rows: readonly OutputRow[]): void {
  if (plan.kind !== "sort") return;
  const step = compilePlan(plan, USER_RESULTS);
  const orders = plan.orders.map((order) => ({ ...order, value: compile(order.expression, step) }));
  const compare = (a: Row, b: Row): number => {
    for (const { value, descending, nullsFirst } of orders) {
      const [x, y] = [value.run(a), value.run(b)];
      if (x === null || y === null) {
        if (x !== y) return (x === null) === nullsFirst ? -1 : 1;
        continue;
      }
      const order = compareValues(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
  for (let i = 1; i < rows.length; i++) expect(compare(rows[i - 1].row, rows[i].row)).toBeLessThanOrEqual(0);
}
