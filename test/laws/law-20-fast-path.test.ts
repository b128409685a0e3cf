import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { type EngineOptions, runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";

law({
  name: "law 20, fast paths: written-out weights, state for retractions and no generated code change nothing",
  generate: (random) => randomCase(random, { plan: { eventTime: 0.95, retracting: 0.2 } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const plain = changesOf(lawCase, {});
    expect(changesOf(lawCase, { forceWeights: true })).toEqual(plain);
    expect(changesOf(lawCase, { forceRetracting: true })).toEqual(plain);
    const { delivery } = lawCase;
    expect(changesOf({ ...lawCase, delivery: { ...delivery, codegen: !delivery.codegen } }, {})).toEqual(plain);
    if (oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});

function changesOf(lawCase: LawCase, options: Partial<EngineOptions>): string[][] {
  return runEngine(lawCase, { mode: "changelog", ...options }).map(({ rows }) => Multiset.of(rows).lines());
}
