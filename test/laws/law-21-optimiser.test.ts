import { expect } from "vitest";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 21, optimiser: the optimised plan sends the same as the plan as written, and is allowed in the same modes",
  generate: (random) => randomCase(random, { plan: { eventTime: 0.95 } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    for (const mode of ["changelog", "append", "update"] as const)
      expect(sentBy(lawCase, mode, true), mode).toEqual(sentBy(lawCase, mode, false));
    if (oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});

function sentBy(lawCase: LawCase, mode: OutputMode, optimise: boolean): string[][] | null {
  const outputs = orRefused([...NOT_APPENDABLE, "UPDATE_NO_KEY"], () => runEngine(lawCase, { mode, optimise }));
  return (
    outputs?.map(({ rows }) =>
      Multiset.of(rows.map(({ row, weight, deleted }) => ({ row, weight: deleted ? -weight : weight }))).lines(),
    ) ?? null
  );
}
