import { expect } from "vitest";
import { randomCase } from "./cases/generate.js";
import type { LawCase } from "./cases/law-case.js";
import { Random } from "./cases/random.js";
import { inReadOrder, withoutStrayDeletes } from "./cases/rows.js";
import { integrate, oracleOf, seedOf } from "./checks.js";
import { COVERAGE_WITHOUT_LATE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import type { ScriptRow } from "./oracle/oracle.js";
import { keyOf } from "./oracle/values.js";

law({
  name: "law 10, order across triggers: where no row is late, the rows in another order give the same result",
  generate: (random) => randomCase(random, { plan: { byArrival: false, eventTime: 0.5 }, arrival: ["ascending"] }),
  coverage: COVERAGE_WITHOUT_LATE,
  check(lawCase) {
    const other = shuffledCase(lawCase);
    if (hasLateRows(lawCase) || hasLateRows(other)) return false;
    const [one, two] = [lawCase, other].map((each) => integrate(runEngine(each, { mode: "changelog" })).lines());
    expect(two).toEqual(one);
    return true;
  },
});

function hasLateRows(lawCase: LawCase): boolean {
  return oracleOf(lawCase).lateRows(lawCase.script.length - 1).length > 0;
}

/** Rows that trade places, near ones or any; a row is still taken back after it has come. */
function shuffledCase(lawCase: LawCase): LawCase {
  const random = new Random(seedOf(lawCase));
  const rows = random.chance(0.5)
    ? random.shuffled(lawCase.script.flat())
    : nearlySorted(random, lawCase.script.flat());
  let from = 0;
  const script = lawCase.script.map(({ length }) => {
    const part = ordered(rows).slice(from, from + length);
    from += length;
    return inReadOrder(part);
  });
  return { ...lawCase, script: withoutStrayDeletes(script) };
}

function nearlySorted(random: Random, rows: readonly ScriptRow[]): ScriptRow[] {
  const moved = [...rows];
  for (let i = 1; i < moved.length; i++) if (random.chance(0.4)) [moved[i - 1], moved[i]] = [moved[i], moved[i - 1]];
  return moved;
}

/** Inserts of a row before its deletes. */
function ordered(rows: readonly ScriptRow[]): ScriptRow[] {
  const places = new Map<string, ScriptRow[]>();
  const idOf = ({ source, row }: ScriptRow): string => `${source}:${keyOf(row)}`;
  for (const row of rows) places.set(idOf(row), [...(places.get(idOf(row)) ?? []), row]);
  for (const [id, same] of places)
    places.set(
      id,
      [...same].sort((a, b) => b.weight - a.weight),
    );
  return rows.map((row) => places.get(idOf(row))?.shift() ?? row);
}
