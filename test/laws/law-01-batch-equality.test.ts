import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import { USER_RESULTS } from "./cases/user-functions.js";
import { COVERAGE_WITHOUT_LATE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { Oracle } from "./oracle/oracle.js";

law({
  name: "law 1, batch equality: without a watermark, the changes up to t add up to the batch result over the rows up to t",
  generate: (random) => randomCase(random, { plan: { eventTime: 0 } }),
  coverage: COVERAGE_WITHOUT_LATE,
  check(lawCase) {
    const oracle = new Oracle(lawCase.plan, lawCase.script, { users: USER_RESULTS });
    const integrated = new Multiset();
    for (const [t, { rows }] of runEngine(lawCase, { mode: "changelog" }).entries()) {
      integrated.add(rows);
      expect(integrated.lines()).toEqual(Multiset.of(oracle.result(t)).lines());
    }
  },
});
