import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import { COVERAGE_WITHOUT_LATE } from "./coverage.js";
import { Engine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";

law({
  name: "law 14, cancel: rows that come and are taken back leave the result and the state as they were",
  generate: (random) => randomCase(random, { plan: { eventTime: 0, retracting: 1 } }),
  coverage: COVERAGE_WITHOUT_LATE,
  check(lawCase) {
    const engine = new Engine(lawCase, { mode: "changelog" });
    const half = Math.ceil(lawCase.script.length / 2);
    const before = lawCase.script.slice(0, half).map((rows) => engine.trigger(rows));
    const integrated = Multiset.of(before.flatMap(({ rows }) => rows));
    const lines = integrated.lines();
    const sizes = before[before.length - 1].metrics.map(({ numRowsTotal }) => numRowsTotal);
    const rows = lawCase.script.slice(half).flat();
    integrated.add(engine.trigger(rows).rows);
    const undone = engine.trigger(rows.map((row) => ({ ...row, weight: -row.weight })));
    integrated.add(undone.rows);
    expect(integrated.lines()).toEqual(lines);
    expect(undone.metrics.map(({ numRowsTotal }) => numRowsTotal)).toEqual(sizes);
  },
});
