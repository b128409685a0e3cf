import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { inReadOrder } from "./cases/rows.js";
import { integrate } from "./checks.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import type { ScriptRow } from "./oracle/oracle.js";

law({
  name: "law 16, linearity: f(a + b) = f(a) + f(b) and f(-a) = -f(a) for operators that treat each row by itself",
  generate: (random) => randomCase(random, { plan: { eventTime: 0, retracting: 1, linear: true } }),
  coverage: { retraction: 30, nullTimes: 10, oneRow: 10 },
  check(lawCase) {
    const rows = lawCase.script.flat();
    const a = rows.filter((_, i) => i % 2 === 0);
    const b = rows.filter((_, i) => i % 2 === 1);
    const both = resultOf(lawCase, rows);
    expect(resultOf(lawCase, a).add(resultOf(lawCase, b).rows()).lines()).toEqual(both.lines());
    const negated = resultOf(
      lawCase,
      rows.map((row) => ({ ...row, weight: -row.weight })),
    );
    expect(negated.lines()).toEqual(new Multiset().add(both.rows(), -1).lines());
  },
});

function resultOf(lawCase: LawCase, rows: readonly ScriptRow[]): Multiset {
  return integrate(runEngine({ ...lawCase, script: [inReadOrder(rows)] }, { mode: "changelog" }));
}
