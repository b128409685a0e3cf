import { expect } from "vitest";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { oracleOf } from "./checks.js";
import { FULL_COVERAGE } from "./coverage.js";
import { Engine, ipcBytes } from "./harness.js";
import { law } from "./law.js";
import { NOT_APPENDABLE, orRefused } from "./refusals.js";

law({
  name: "law 24, determinism: the same rows give the same Arrow bytes",
  generate: (random) => randomCase(random, { plan: { eventTime: 0.95 } }),
  coverage: FULL_COVERAGE,
  check(lawCase, coverage) {
    for (const mode of ["changelog", "complete", "append", "update"] as const)
      expect(bytesOf(lawCase, mode), mode).toEqual(bytesOf(lawCase, mode));
    if (oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0) coverage.note("late");
  },
});

function bytesOf(lawCase: LawCase, mode: OutputMode): string[] | null {
  return orRefused([...NOT_APPENDABLE, "UPDATE_NO_KEY"], () => {
    const engine = new Engine(lawCase, { mode });
    return engine
      .run()
      .map((output) => ipcBytes(output, output.batches[0]?.chunk.schema ?? engine.plan.output.visible));
  });
}
