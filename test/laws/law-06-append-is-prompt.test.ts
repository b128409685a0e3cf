import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 6, append is prompt: a row is sent in the trigger that makes it final by the model, not later and not before",
  generate: (random) => randomCase(random, { plan: { eventTime: 1, limits: false }, arrival: ["jitter"] }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const outputs = orRefused(NOT_APPENDABLE, () => runEngine(lawCase, { mode: "append" }));
    if (outputs === null) return false;
    const oracle = oracleOf(lawCase);
    const sent = new Multiset();
    for (const [t, { rows }] of outputs.entries()) {
      sent.add(rows);
      expect(sent.lines(), `sent by trigger ${t}`).toEqual(Multiset.of(oracle.appended(t)).lines());
    }
    if (oracle.lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
    return true;
  },
});
