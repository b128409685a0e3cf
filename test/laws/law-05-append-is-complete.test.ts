import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import { integrate, oracleOf, withEnd } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 5, append is complete: once every source has ended, all rows of the result have been sent, each once",
  generate: (random) => randomCase(random, { plan: { eventTime: 1, limits: false }, arrival: ["jitter"] }),
  coverage: FULL_COVERAGE,
  check(given, coverage) {
    const { lawCase, endsAt } = withEnd(given);
    const outputs = orRefused(NOT_APPENDABLE, () => runEngine(lawCase, { mode: "append", endsAt }));
    if (outputs === null) return false;
    const oracle = oracleOf(lawCase, endsAt);
    expect(integrate(outputs).lines()).toEqual(Multiset.of(oracle.result(endsAt)).lines());
    if (oracle.lateRows(endsAt).length > 0) coverage.note("late");
    return true;
  },
});
