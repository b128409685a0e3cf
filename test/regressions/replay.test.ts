import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/plan/json-value.js";
import { caseFromJson, type LawCase } from "../laws/cases/law-case.js";
import { oracleOf } from "../laws/checks.js";
import { runEngine } from "../laws/harness.js";
import { Multiset } from "../laws/multiset.js";
import { NOT_APPENDABLE, orRefused } from "../laws/refusals.js";

/** A case that once failed, as a law printed it: `about` says what was wrong. */
interface Regression {
  readonly about: string;
  readonly case: JsonValue;
}

const folder = fileURLToPath(new URL(".", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

describe("cases that once failed", () => {
  test.each(files.map((name) => [name, JSON.parse(readFileSync(`${folder}${name}`, "utf8")) as Regression] as const))(
    "%s",
    (_, regression) => replay(caseFromJson(regression.case)),
  );
});

/** Both ways of planning, and every mode that holds the whole result or only its final rows, against the model. */
function replay(lawCase: LawCase): void {
  const oracle = oracleOf(lawCase);
  for (const optimise of [true, false]) {
    const integrated = new Multiset();
    const outputs = runEngine(lawCase, { mode: "changelog", optimise });
    for (const [t, { rows }] of outputs.entries()) {
      expect(integrated.add(rows).lines(), `changelog after trigger ${t}`).toEqual(
        Multiset.of(oracle.result(t)).lines(),
      );
    }
    const dropped = outputs
      .flatMap(({ metrics }) => metrics)
      .reduce((sum, each) => sum + each.numRowsDroppedByWatermark, 0);
    expect(dropped, "late rows").toBe(oracle.lateRows(outputs.length - 1).length);
    const finals = orRefused(NOT_APPENDABLE, () => runEngine(lawCase, { mode: "append", optimise })) ?? [];
    const sent = new Multiset();
    for (const [t, { rows }] of finals.entries()) {
      expect(sent.add(rows).lines(), `append after trigger ${t}`).toEqual(Multiset.of(oracle.appended(t)).lines());
    }
  }
}
