import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset, rowText } from "./multiset.js";

law({
  name: "law 17, minimal changelog: no row twice in a trigger, none with weight 0, deletes first, and nothing is there less than 0 times",
  generate: (random) => randomCase(random, { plan: { eventTime: 0.95 } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const integrated = new Multiset();
    for (const [t, { rows }] of runEngine(lawCase, { mode: "changelog" }).entries()) {
      const signs = rows.map(({ weight }) => Math.sign(weight));
      expect(signs, `weights of trigger ${t}`).toEqual([...signs].sort((a, b) => a - b));
      expect(signs).not.toContain(0);
      integrated.add(rows);
      for (const { row, weight } of integrated.rows())
        expect(weight, `weight of ${rowText(row)} after trigger ${t}`).toBeGreaterThan(0);
      expect(isConsolidated(rows), `trigger ${t} is consolidated`).toBe(true);
    }
    if (oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});

/** Equal rows with weights of one sign may stand apart; a row that both comes and goes may not. */
function isConsolidated(rows: readonly { row: Parameters<typeof rowText>[0]; weight: number }[]): boolean {
  const deleted = Multiset.of(rows.filter(({ weight }) => weight < 0));
  return rows.every(({ row, weight }) => weight < 0 || deleted.weightOf(row) === 0);
}
