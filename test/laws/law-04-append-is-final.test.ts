import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { Engine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 4, append is final: a row that was sent is in every later result, no more often than there",
  generate: (random) => randomCase(random, { plan: { eventTime: 1, limits: false }, arrival: ["jitter"] }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const engine = orRefused(NOT_APPENDABLE, () => new Engine(lawCase, { mode: "append" }));
    if (engine === null) return false;
    const oracle = oracleOf(lawCase);
    const sent = new Multiset();
    for (const [t, rows] of lawCase.script.entries()) {
      for (const output of engine.trigger(rows).rows) {
        expect(output.weight, "append takes nothing back").toBe(1);
        expect(output.deleted).toBe(false);
        sent.add([output]);
      }
      const result = Multiset.of(oracle.result(t));
      for (const { row, weight } of sent.rows())
        expect(result.weightOf(row), `a row sent by trigger ${t}`).toBeGreaterThanOrEqual(weight);
    }
    if (oracle.lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
    return true;
  },
});
