import { expect } from "vitest";
import { NO_BOUND } from "../../src/plan/bound-expression.js";
import { randomCase } from "./cases/generate.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { FOREVER } from "./oracle/bounds.js";
import { isStruct } from "./oracle/values.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 8, bounds: no change of a trigger lies below the bound of its column, and no bound falls",
  generate: (random) =>
    randomCase(random, { plan: { eventTime: 1, late: ["operator", "operator", "source", "strict"] } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const oracle = oracleOf(lawCase);
    const { root } = oracle;
    const ends = root.kind === "group" || root.kind === "distinct" ? root.ends : [];
    // The engine checks every edge by itself (checkBounds): a breach throws.
    orRefused(NOT_APPENDABLE, () => runEngine(lawCase, { mode: "append" }));
    for (const [t, { rows, watermarks }] of runEngine(lawCase, { mode: "changelog" }).entries()) {
      expect(watermarks.map(known), `watermarks after trigger ${t}`).toEqual(oracle.watermarks[t]);
      const old = oracle.watermarks[t - 1] ?? watermarks.map(() => null);
      for (const { value, member, bound } of ends) {
        const limit = bound(old);
        for (const { row } of rows) {
          const whole = value.run(row);
          const tested = member !== null && isStruct(whole) ? whole[member] : whole;
          if (tested !== null && limit !== null)
            expect(BigInt(tested as bigint) >= limit, `a change in trigger ${t}`).toBe(true);
        }
      }
    }
    if (oracle.lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});

function known(watermark: bigint): bigint | null {
  return watermark === NO_BOUND ? null : watermark > FOREVER ? FOREVER : watermark;
}
