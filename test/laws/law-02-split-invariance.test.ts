import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { Random } from "./cases/random.js";
import { inReadOrder } from "./cases/rows.js";
import { integrate, oracleOf, seedOf } from "./checks.js";
import { COVERAGE_WITHOUT_LATE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import type { Script } from "./oracle/oracle.js";

law({
  name: "law 2, split invariance: where no row is late, every split of the input into triggers gives the same result",
  generate: (random) => {
    const byArrival = random.chance(0.5);
    return randomCase(random, {
      plan: { byArrival, ...(byArrival ? { sources: 1 } : {}) },
      arrival: ["ascending"],
      maxPartitions: 1,
    });
  },
  coverage: COVERAGE_WITHOUT_LATE,
  check(lawCase) {
    const splits = [lawCase, ...otherSplits(lawCase)];
    if (splits.some(hasLateRows)) return false;
    const results = splits.map((split) => integrate(runEngine(split, { mode: "changelog" })).lines());
    for (const result of results) expect(result).toEqual(results[0]);
    return true;
  },
});

function hasLateRows(lawCase: LawCase): boolean {
  return oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0;
}

/** All rows in one trigger, one row in each, and some random cuts between. */
function otherSplits(lawCase: LawCase): LawCase[] {
  const rows = lawCase.script.flat();
  const random = new Random(seedOf(lawCase));
  const cut: (typeof rows)[] = [[]];
  for (const row of rows) {
    if (random.chance(0.4)) cut.push([]);
    cut[cut.length - 1].push(row);
  }
  const scripts: Script[] = [[inReadOrder(rows)], rows.map((row) => [row]), cut.map(inReadOrder)];
  return scripts.filter((script) => script.length > 0).map((script) => ({ ...lawCase, script }));
}
