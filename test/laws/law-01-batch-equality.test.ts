import { expect } from "vitest";
import { aggregate, column, named } from "./cases/expressions.js";
import { randomCase } from "./cases/generate.js";
import { scansOf } from "./cases/law-case.js";
import { integrate, oracleOf } from "./checks.js";
import { COVERAGE_WITHOUT_LATE } from "./coverage.js";
import { runEngine } from "./harness.js";
import { law } from "./law.js";
import { Multiset } from "./multiset.js";
import { keyOf, type Value } from "./oracle/values.js";

law({
  name: "law 1, batch equality: without a watermark, the changes up to t add up to the batch result over the rows up to t",
  generate: (random) => randomCase(random, { plan: { eventTime: 0 } }),
  coverage: COVERAGE_WITHOUT_LATE,
  check(lawCase) {
    const oracle = oracleOf(lawCase);
    const integrated = new Multiset();
    for (const [t, { rows }] of runEngine(lawCase, { mode: "changelog" }).entries()) {
      integrated.add(rows);
      expect(integrated.lines()).toEqual(Multiset.of(oracle.result(t)).lines());
    }
  },
});

law({
  name: "law 1, floats: sums and averages of any doubles that come and go are right within 4 units in the last place",
  generate: (random) => {
    const { script, ...rest } = randomCase(random, { plan: { eventTime: 0, retracting: 1, sources: 1 } });
    const wild = new Map<string, number>();
    const values = script.map((rows) =>
      rows.map((each) => {
        // A row that is taken back is the same row.
        const key = keyOf(each.row);
        const value = wild.get(key) ?? (random.next() - 0.5) * 10 ** random.int(-8, 8);
        wild.set(key, value);
        return { ...each, row: each.row.map((old, i) => (i === 3 && old !== null ? value : old)) };
      }),
    );
    const [scan] = scansOf(rest.plan);
    const aggregates = (["sum", "avg"] as const).map((name) => named(name, aggregate(name, [column("f")])));
    return { ...rest, plan: { kind: "aggregate", input: scan, keys: [column("k")], aggregates }, script: values };
  },
  coverage: { retraction: 30, nullKeys: 10, oneRow: 10 },
  check(lawCase) {
    const expected = new Map<string, { sum: bigint; values: number; rows: number }>();
    for (const { row, weight } of lawCase.script.flat()) {
      const group = expected.get(keyOf(row[1])) ?? { sum: 0n, values: 0, rows: 0 };
      expected.set(keyOf(row[1]), group);
      group.rows += weight;
      if (typeof row[3] !== "number") continue;
      group.sum += BigInt(weight) * scaled(row[3]);
      group.values += weight;
    }
    const found = integrate(runEngine(lawCase, { mode: "changelog" })).rows();
    expect(found.length).toBe([...expected.values()].filter(({ rows }) => rows > 0).length);
    for (const { row } of found) {
      const { sum, values } = expected.get(keyOf(row[0])) ?? { sum: 0n, values: 0 };
      const total = Number(sum) / 2 ** SCALE;
      expect(isClose(row[1], values === 0 ? null : total), `sum ${row[1]}, not ${total}`).toBe(true);
      expect(isClose(row[2], values === 0 ? null : total / values), `avg ${row[2]}, not ${total / values}`).toBe(true);
    }
  },
});

const SCALE = 300;

/** A double as a whole number of 2^-300. */
function scaled(value: number): bigint {
  let whole = value;
  let shift = SCALE;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    shift--;
  }
  return BigInt(whole) << BigInt(shift);
}

function isClose(a: Value, b: Value): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= 4 * 2 ** -52 * Math.abs(b);
}
