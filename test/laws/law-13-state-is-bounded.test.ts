import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import { oracleOf, withEnd } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import type { Oracle } from "./oracle/oracle.js";
import type { KeyedStep } from "./oracle/step.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 13, state is bounded: an operator keeps no more than what is not final yet, and nothing once its sources have ended",
  generate: (random) =>
    randomCase(random, {
      plan: { eventTime: 1, limits: false, late: ["operator", "source", "strict"] },
      arrival: ["jitter"],
    }),
  coverage: FULL_COVERAGE,
  check(given, coverage) {
    const { lawCase, endsAt } = withEnd(given);
    const oracle = oracleOf(lawCase, endsAt);
    const bounded = oracle.steps.filter(
      (step): step is KeyedStep => (step.kind === "group" || step.kind === "distinct") && step.ends.length > 0,
    );
    if (bounded.length === 0) return false;
    for (const mode of ["changelog", "append"] as const) {
      const outputs = orRefused(NOT_APPENDABLE, () => runEngine(lawCase, { mode, endsAt }));
      for (const [t, { metrics }] of (outputs ?? []).entries()) {
        for (const step of bounded) {
          const found = metrics.find(
            ({ operatorName }) =>
              operatorName.endsWith(`#${step.ordinal}`) && !operatorName.startsWith("withWatermark"),
          );
          const most = mostRows(oracle, step, t);
          expect(found?.numRowsTotal, `${mode}: rows of ${found?.operatorName} after trigger ${t}`).toBeLessThanOrEqual(
            most,
          );
        }
      }
    }
    if (oracle.lateRows(endsAt).length > 0) coverage.note("late");
    return true;
  },
});

/** A row per open group; aggregates that must be able to take values back keep the rows of open groups as well. */
function mostRows(oracle: Oracle, step: KeyedStep, t: number): number {
  const columns = step.kind === "group" ? step.aggregates.length : 1;
  return oracle.openGroups(step, t) + columns * oracle.openRows(step, t);
}
