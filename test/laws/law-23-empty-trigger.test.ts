import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { Engine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 23, empty trigger: without rows and without a new bound nothing is sent, and nothing changes for later triggers",
  generate: (random) => randomCase(random, { plan: { eventTime: 0.95 } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    for (const mode of ["changelog", "append", "update"] as const) {
      const engines = orRefused([...NOT_APPENDABLE, "UPDATE_NO_KEY"], () =>
        [0, 1].map(() => new Engine(lawCase, { mode })),
      );
      if (engines === null) continue;
      const [plain, interrupted] = engines;
      for (const rows of lawCase.script) {
        const expected = plain.trigger(rows);
        const found = interrupted.trigger(rows);
        expect(Multiset.of(found.rows).lines(), mode).toEqual(Multiset.of(expected.rows).lines());
        const empty = interrupted.trigger([]);
        expect(empty.rows, mode).toEqual([]);
        expect(sizes(empty), mode).toEqual(sizes(expected));
      }
    }
    if (oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});

function sizes({ metrics }: ReturnType<Engine["trigger"]>): readonly (readonly [number, number])[] {
  return metrics.map(({ numRowsTotal, memoryUsedBytes }) => [numRowsTotal, memoryUsedBytes] as const);
}
