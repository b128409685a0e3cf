import { randomCase } from "./cases/generate.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { Engine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { orRefused } from "./refusals.js";
import { UpdateTable } from "./update-table.js";

law({
  name: "law 18, update: at most one change per key and trigger, tombstones for keys that are there, nothing for rows that stay",
  generate: (random) => randomCase(random, { plan: { eventTime: 0.95, retracting: 0.5 } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    const engine = orRefused(["UPDATE_NO_KEY"], () => new Engine(lawCase, { mode: "update" }));
    if (engine === null) return false;
    const oracle = oracleOf(lawCase);
    const table = new UpdateTable(engine.plan.output);
    for (const [t, rows] of lawCase.script.entries())
      table.apply(engine.trigger(rows).rows, Multiset.of(oracle.result(t)), t);
    if (oracle.lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
    return true;
  },
});
