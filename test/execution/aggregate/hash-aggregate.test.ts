import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registerUserAggregate } from "../../../src/expressions/user-aggregate.js";
import { END_OF_TIME, NO_BOUND } from "../../../src/plan/bound-expression.js";
import { type AggregateSpec, FLOAT64, hashAggregate, type Row, type Sent } from "./aggregate-harness.js";
import { naiveAggregate } from "./naive-aggregate.js";

registerUserAggregate<number>({
  name: "squares",
  type: FLOAT64,
  init: () => 0,
  add: (state, value) => state + Number(value ?? 0) ** 2,
  finish: (state) => state,
});
registerUserAggregate<number>({
  name: "retractableSquares",
  type: FLOAT64,
  init: () => 0,
  add: (state, value) => state + Number(value ?? 0) ** 2,
  retract: (state, value) => state - Number(value ?? 0) ** 2,
  finish: (state) => state,
});

const AGGREGATES: readonly AggregateSpec[] = [
  { name: "count" },
  { name: "count", arg: "int" },
  { name: "count", where: true },
  { name: "sum", arg: "int" },
  { name: "sum", arg: "float" },
  { name: "sum", arg: "int", where: true },
  { name: "avg", arg: "int" },
  { name: "avg", arg: "float" },
  { name: "min", arg: "int" },
  { name: "max", arg: "int", where: true },
  { name: "min", arg: "float" },
  { name: "max", arg: "float" },
  { name: "min", arg: "text" },
  { name: "max", arg: "text" },
  { name: "max", arg: "at" },
  { name: "min", arg: "flag" },
  { name: "first", arg: "text" },
  { name: "last", arg: "int" },
  { name: "first", arg: "float", where: true },
  { name: "countDistinct", arg: "text" },
  { name: "countDistinct", arg: "int", where: true },
  { name: "user", arg: "int", functionId: "squares", type: FLOAT64 },
  { name: "user", arg: "float", functionId: "retractableSquares", type: FLOAT64 },
];

const anyRow: fc.Arbitrary<Row> = fc.record({
  key: fc.constantFrom("a", "b", "c", null),
  at: fc.constantFrom(0, 1, 2, 3, 4, 5, null),
  int: fc.constantFrom(-3, -1, 0, 2, 3, null),
  float: fc.constantFrom(-1.5, 0, 0.25, 2, null),
  text: fc.constantFrom("", "x", "xy", "a text beyond sixteen bytes", null),
  flag: fc.constantFrom(true, false, null),
  weight: fc.constantFrom(1, 1, 1, 2),
});

/** Rows of one trigger; `takeBack` names, by position, live rows to retract first. */
const anyTrigger = fc.record({
  rows: fc.array(anyRow, { maxLength: 8 }),
  takeBack: fc.array(fc.nat(20), { maxLength: 4 }),
  options: fc.record({ cut: fc.integer({ min: 1, max: 5 }), dictionary: fc.boolean(), selective: fc.boolean() }),
});

class Live {
  rows: Row[] = [];

  /** The delta of a trigger: retractions of rows that are there, and the new rows. */
  delta(trigger: { rows: readonly Row[]; takeBack: readonly number[] }): Row[] {
    const taken = trigger.takeBack.flatMap((at) =>
      this.rows.length === 0 ? [] : this.rows.splice(at % this.rows.length, 1),
    );
    this.rows.push(...trigger.rows);
    return [...taken.map((row) => ({ ...row, weight: -row.weight })), ...trigger.rows];
  }
}

function expectedRows(
  rows: readonly Row[],
  spec: { keys: readonly string[]; isRetracting: boolean; aggregates?: readonly AggregateSpec[] },
): Map<string, unknown[]> {
  const groups = new Map<string, Row[]>();
  if (spec.keys.length === 0) groups.set("[]", []);
  for (const row of rows) {
    const name = JSON.stringify(spec.keys.map((key) => row[key as keyof Row]));
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const aggregates = spec.aggregates ?? AGGREGATES;
  return new Map(
    [...groups].map(([name, members]) => [
      name,
      aggregates.map((aggregate) => naiveAggregate(aggregate, members, spec.isRetracting)),
    ]),
  );
}

/** Applies what was sent; at most one row may go and one come per key, and they must differ. */
function integrate(table: Map<string, unknown[]>, sent: readonly Sent[], keys: number): void {
  const seen = new Map<string, number[]>();
  for (const { values, weight } of sent) {
    const name = JSON.stringify(values.slice(0, keys));
    expect([1, -1]).toContain(weight);
    seen.set(name, [...(seen.get(name) ?? []), weight]);
    if (weight < 0) {
      expect(table.get(name)).toEqual(values.slice(keys));
      table.delete(name);
      continue;
    }
    expect(table.has(name)).toBe(false);
    table.set(name, values.slice(keys));
  }
  for (const weights of seen.values())
    expect(weights.length === 1 || (weights.length === 2 && weights[0] === -1 && weights[1] === 1)).toBe(true);
}

describe("HashAggregate", () => {
  it.each([[[]], [["key"]], [["key", "at"]]])(
    "integrates its changes to the naive result, retracting input, keys %j",
    (keys) => {
      fc.assert(
        fc.property(fc.array(anyTrigger, { maxLength: 5 }), fc.boolean(), (triggers, codegen) => {
          const run = hashAggregate({
            keys,
            aggregates: AGGREGATES,
            emission: "changes",
            retractingInput: true,
            codegen,
          });
          const live = new Live();
          const table = new Map<string, unknown[]>();
          for (const trigger of triggers) {
            const before = new Map(table);
            const sent = run.trigger(live.delta(trigger), NO_BOUND, trigger.options);
            integrate(table, sent, keys.length);
            expect(table).toEqual(expectedRows(live.rows, { keys, isRetracting: true }));
            for (const { values } of sent) {
              const name = JSON.stringify(values.slice(0, keys.length));
              expect(table.get(name)).not.toEqual(before.get(name) ?? "nothing");
            }
          }
          expect(run.operator.stateSize().rows).toBe(keys.length === 0 ? Math.min(1, triggers.length) : table.size);
        }),
        { numRuns: 120 },
      );
    },
  );

  it.each([[[]], [["key"]], [["at", "key"]]])(
    "sends upserts of the naive result, insert-only input, keys %j",
    (keys) => {
      fc.assert(
        fc.property(fc.array(anyTrigger, { maxLength: 5 }), fc.nat(AGGREGATES.length - 1), (triggers, skipped) => {
          const aggregates = AGGREGATES.slice(skipped);
          const run = hashAggregate({ keys, aggregates, emission: "upserts", retractingInput: false });
          const live = new Live();
          const table = new Map<string, unknown[]>();
          for (const trigger of triggers) {
            const sent = run.trigger(live.delta({ ...trigger, takeBack: [] }), NO_BOUND, trigger.options);
            for (const { values, weight } of sent) {
              const name = JSON.stringify(values.slice(0, keys.length));
              expect(weight).toBe(1);
              expect(table.get(name)).not.toEqual(values.slice(keys.length));
              table.set(name, [...values.slice(keys.length)]);
            }
            expect(table).toEqual(expectedRows(live.rows, { keys, isRetracting: false, aggregates }));
          }
        }),
        { numRuns: 120 },
      );
    },
  );

  it("sends a group once, when its bounded key is below the bound, in order of that key, and forgets it", () => {
    fc.assert(
      fc.property(fc.array(anyTrigger, { maxLength: 5 }), (triggers) => {
        const keys = ["key", "at"];
        const run = hashAggregate({
          keys,
          aggregates: AGGREGATES,
          emission: "finals",
          retractingInput: true,
          evictBy: ["1"],
        });
        const live = new Live();
        const final = new Map<string, unknown[]>();
        triggers.forEach((trigger, t) => {
          const rows = trigger.rows.filter((row) => row.at === null || row.at >= t);
          const delta = live.delta({ ...trigger, rows });
          const sent = run.trigger(
            delta.filter((row) => row.at === null || row.at >= t),
            BigInt(t + 1),
            trigger.options,
          );
          for (const { values, weight } of sent) {
            expect(weight).toBe(1);
            expect(values[1]).toBe(t);
            final.set(JSON.stringify(values.slice(0, 2)), values.slice(2));
          }
          const ended = live.rows.filter((row) => row.at === t);
          expect(sent.length).toBe(expectedRows(ended, { keys, isRetracting: true }).size);
          for (const [name, result] of expectedRows(ended, { keys, isRetracting: true }))
            expect(final.get(name)).toEqual(result);
          live.rows = live.rows.filter((row) => row.at === null || row.at > t);
          expect(run.operator.stateSize().rows).toBe(expectedRows(live.rows, { keys, isRetracting: true }).size);
        });
        const sent = run.trigger([], END_OF_TIME);
        const times = sent.map(({ values }) => (values[1] === null ? -1 : Number(values[1])));
        expect(times).toEqual([...times].sort((a, b) => a - b));
        const last = new Map(sent.map(({ values }) => [JSON.stringify(values.slice(0, 2)), values.slice(2)]));
        expect(last).toEqual(expectedRows(live.rows, { keys, isRetracting: true }));
        expect(run.operator.stateSize().rows).toBe(0);
      }),
      { numRuns: 120 },
    );
  });

  it("drops groups silently when changes are sent", () => {
    const run = hashAggregate({
      keys: ["at"],
      aggregates: [{ name: "count" }],
      emission: "changes",
      retractingInput: false,
      evictBy: ["0"],
    });
    const rows = [0, 1, 2].map((at) => ({ ...EMPTY, at }));
    expect(run.trigger(rows, 2n).length).toBe(3);
    expect(run.operator.stateSize().rows).toBe(1);
    expect(run.trigger([{ ...EMPTY, at: 2 }], 2n)).toEqual([
      { values: [2, 1], weight: -1 },
      { values: [2, 2], weight: 1 },
    ]);
  });

  it("has one row without keys, sent by the first trigger even over nothing, and says nothing when nothing changes", () => {
    const aggregates: AggregateSpec[] = [{ name: "count" }, { name: "sum", arg: "int" }];
    for (const emission of ["changes", "upserts"] as const) {
      const run = hashAggregate({ keys: [], aggregates, emission, retractingInput: false });
      expect(run.trigger([], NO_BOUND)).toEqual([{ values: [0, null], weight: 1 }]);
      expect(run.trigger([], NO_BOUND)).toEqual([]);
      const inserted = { values: [1, 5], weight: 1 };
      const sent = run.trigger([{ ...EMPTY, int: 5 }], NO_BOUND);
      expect(sent).toEqual(emission === "changes" ? [{ values: [0, null], weight: -1 }, inserted] : [inserted]);
    }
  });

  it("is distinct when there are no aggregates", () => {
    const run = hashAggregate({ keys: ["key"], aggregates: [], emission: "changes", retractingInput: true });
    const row = { ...EMPTY, key: "a" };
    expect(run.trigger([row, row], NO_BOUND)).toEqual([{ values: ["a"], weight: 1 }]);
    expect(run.trigger([{ ...row, weight: -1 }], NO_BOUND)).toEqual([]);
    expect(run.trigger([{ ...row, weight: -1 }], NO_BOUND)).toEqual([{ values: ["a"], weight: -1 }]);
    expect(run.operator.stateSize().rows).toBe(0);
  });

  it("tests overflow on the sum that is sent, not on the way to it", () => {
    const run = hashAggregate({
      keys: [],
      aggregates: [{ name: "sum", arg: "int" }],
      emission: "changes",
      retractingInput: true,
    });
    const most = { ...EMPTY, int: 2 ** 62 };
    run.trigger([most, most, { ...EMPTY, int: -(2 ** 62) }], NO_BOUND);
    expect(() => run.trigger([most], NO_BOUND)).toThrow(/SUM_OVERFLOW/);
  });

  it("sends a delta of many groups in chunks that are not too long", () => {
    const run = hashAggregate({
      keys: ["int"],
      aggregates: [{ name: "count" }],
      emission: "changes",
      retractingInput: true,
    });
    const rows = Array.from({ length: 40_000 }, (_, int) => ({ ...EMPTY, int }));
    expect(run.trigger(rows, NO_BOUND, { cut: 40_000 }).length).toBe(40_000);
    expect(run.trigger(rows, NO_BOUND, { cut: 40_000 }).length).toBe(80_000);
    expect(
      run.trigger(
        rows.map((row) => ({ ...row, weight: -2 })),
        NO_BOUND,
      ).length,
    ).toBe(40_000);
    expect(run.operator.stateSize().rows).toBe(0);
  });
});

const EMPTY: Row = { key: null, at: null, int: null, float: null, text: null, flag: null, weight: 1 };
