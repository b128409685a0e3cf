import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { Random } from "./cases/random.js";
import { seedOf } from "./checks.js";
import { COVERAGE_WITHOUT_LATE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import type { ScriptRow } from "./oracle/oracle.js";

const generate = (random: Random): LawCase => randomCase(random, { plan: { eventTime: 0, retracting: 1 } });

law({
  name: "law 15, weights: a row of weight k is k rows of weight 1",
  generate,
  coverage: COVERAGE_WITHOUT_LATE,
  check(lawCase) {
    const random = new Random(seedOf(lawCase));
    const heavy = lawCase.script.map((rows) =>
      rows.map((row) => ({ ...row, weight: row.weight * (row.weight > 0 ? random.int(1, 3) : 1) })),
    );
    const single = heavy.map((rows) =>
      rows.flatMap((row) =>
        Array.from({ length: Math.abs(row.weight) }, () => ({ ...row, weight: Math.sign(row.weight) })),
      ),
    );
    expectSameChanges({ ...lawCase, script: heavy }, { ...lawCase, script: single });
  },
});

law({
  name: "law 15, weights: a row that comes and goes within a trigger changes nothing",
  generate,
  coverage: COVERAGE_WITHOUT_LATE,
  check(lawCase) {
    const random = new Random(seedOf(lawCase));
    const all = lawCase.script.flat();
    const script = lawCase.script.map((rows) =>
      rows.flatMap((row): ScriptRow[] => {
        const other = { ...random.pick(all), source: row.source, partition: row.partition, weight: 1 };
        if (random.chance(0.5)) return [row];
        return random.chance(0.5) ? [row, other, { ...other, weight: -1 }] : [{ ...other, weight: -1 }, row, other];
      }),
    );
    expectSameChanges({ ...lawCase, script }, lawCase);
  },
});

function expectSameChanges(one: LawCase, two: LawCase): void {
  const [first, second] = [one, two].map((each) => runEngine(each, { mode: "changelog" }));
  for (const [t, { rows }] of first.entries())
    expect(Multiset.of(rows).lines(), `trigger ${t}`).toEqual(Multiset.of(second[t].rows).lines());
}
