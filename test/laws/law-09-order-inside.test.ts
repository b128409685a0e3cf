import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { Random } from "./cases/random.js";
import { oracleOf, seedOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";

law({
  name: "law 9, order inside a trigger: its rows in another order make the same changes",
  generate: (random) =>
    randomCase(random, { plan: { byArrival: false, eventTime: 0.95, late: ["operator", "source", "never"] } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const random = new Random(seedOf(lawCase));
    // Sources stay in plan order; rows of one source may be taken back before they come.
    const script = lawCase.script.map((rows) => random.shuffled(rows).sort((a, b) => a.source - b.source));
    const other: LawCase = { ...lawCase, script };
    const [one, two] = [lawCase, other].map((each) => runEngine(each, { mode: "changelog" }));
    for (const [t, { rows }] of one.entries())
      expect(Multiset.of(two[t].rows).lines(), `trigger ${t}`).toEqual(Multiset.of(rows).lines());
    if (oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});
