import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column } from "../../src/columnar/column.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { GroupedValues } from "../../src/state/grouped-values.js";
import { Int32List } from "../../src/state/int32-list.js";
import { OrderedMultiset } from "../../src/state/ordered-multiset.js";
import type { StatePart } from "../../src/state/state-part.js";
import { floatColumn, int64Column, structColumn, textColumn } from "./key-columns-of.js";

const GROUPS = 3;
const OPTIONS = { codegen: false };

const change = fc.record({
  group: fc.nat(GROUPS - 1),
  value: fc.integer({ min: -4, max: 4 }),
  takesAway: fc.boolean(),
});
const step = fc.record({
  changes: fc.array(change, { maxLength: 10 }),
  cleared: fc.option(fc.nat(GROUPS - 1), { nil: null }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const history = fc.record({
  before: fc.array(step, { maxLength: 4 }),
  deltas: fc.array(fc.array(step, { maxLength: 2 }), { maxLength: 3 }),
  after: fc.array(step, { maxLength: 4 }),
});

const COLUMNS: readonly (readonly [string, (values: readonly number[]) => Column])[] = [
  ["float64", (values) => floatColumn(values.map((value) => (value === 4 ? Number.NaN : value)))],
  ["utf8", (values) => textColumn(values.map((value) => "a text beyond sixteen bytes".slice(0, 5 * (value + 4))))],
  [
    "struct",
    (values) =>
      structColumn(
        { v: floatColumn(values.map((value) => (value < 0 ? null : value))), w: int64Column(values.map(BigInt)) },
        values.map(() => false),
      ),
  ],
];

/** Which of the changes take away what is there: values of weight > 0 of the model. */
function entriesOf({ changes }: Step, model: Map<string, number>): { group: number; value: number; weight: number }[] {
  return changes.map(({ group, value, takesAway }) => {
    const name = `${group}:${value}`;
    const weight = takesAway && (model.get(name) ?? 0) > 0 ? -1 : 1;
    model.set(name, (model.get(name) ?? 0) + weight);
    return { group, value, weight };
  });
}

function grouped(entries: readonly { group: number; weight: number }[]) {
  return {
    count: entries.length,
    rows: Int32Array.from(entries, (_, row) => row),
    groups: Int32Array.from(entries, ({ group }) => group),
    weights: Int32Array.from(entries, ({ weight }) => weight),
  };
}

function forgetGroup(model: Map<string, number>, group: number): void {
  for (const name of model.keys()) if (name.startsWith(`${group}:`)) model.delete(name);
}

function copy(from: StatePart, into: StatePart, kind: "delta" | "snapshot"): void {
  const rows = from.capture(kind);
  if (rows !== null) into.restore(rows);
}

/** Plays a history on two of a kind, the second of which begins with what was captured of the first. */
function playTwice(
  { before, deltas, after }: typeof history extends fc.Arbitrary<infer T> ? T : never,
  [first, second]: readonly [StatePart, StatePart],
  play: (side: 0 | 1, step: Step) => void,
): void {
  for (const each of before) play(0, each);
  copy(first, second, "snapshot");
  for (const delta of deltas) {
    for (const each of delta) play(0, each);
    copy(first, second, "delta");
  }
  for (const each of after) {
    play(0, each);
    play(1, each);
    expect(second.capture("delta")).toEqual(first.capture("delta"));
  }
  expect(second.capture("snapshot")).toEqual(first.capture("snapshot"));
}

describe.each(COLUMNS)("multisets of %s restored from captures", (_, columnOf) => {
  it("go on as GroupedValues do that were never interrupted", () => {
    fc.assert(
      fc.property(history, (played) => {
        const type = columnOf([0]).type;
        const sides = [new GroupedValues([type], OPTIONS), new GroupedValues([type], OPTIONS)] as const;
        const parts = [sides[0].durablePart("values", null), sides[1].durablePart("values", null)] as const;
        for (const side of sides) side.grow(GROUPS);
        playTwice(played, parts, (at, each) => {
          const values = sides[at];
          const entries = each.changes.map(({ group, value, takesAway }) => ({
            group,
            value,
            weight: takesAway ? -1 : 1,
          }));
          values.add(grouped(entries), [columnOf(entries.map(({ value }) => value))], null);
          if (each.cleared === null) return;
          const head = values.first(each.cleared);
          if (head >= 0 && values.after(head) >= 0) {
            const second = new Int32List();
            second.push(values.after(head));
            values.remove(second);
          } else values.clear(each.cleared);
        });
        for (let group = 0; group < GROUPS; group++) {
          expect(chain(sides[1], group)).toEqual(chain(sides[0], group));
          expect(sides[1].distinct(group)).toBe(sides[0].distinct(group));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("go on as OrderedMultisets do that were never interrupted", () => {
    fc.assert(
      fc.property(history, (played) => {
        const type = columnOf([0]).type;
        const sides = [new OrderedMultiset(type, OPTIONS), new OrderedMultiset(type, OPTIONS)] as const;
        const parts = [sides[0].durablePart("values"), sides[1].durablePart("values")] as const;
        for (const side of sides) side.grow(GROUPS);
        const model = new Map<string, number>();
        let entries: { group: number; value: number; weight: number }[] = [];
        playTwice(played, parts, (at, each) => {
          const values = sides[at];
          if (at === 0) {
            entries = entriesOf(each, model);
            if (each.cleared !== null) forgetGroup(model, each.cleared);
          }
          values.add(grouped(entries), columnOf(entries.map(({ value }) => value)));
          if (each.cleared !== null) values.clear(each.cleared);
        });
        for (let group = 0; group < GROUPS; group++) {
          expect(sides[1].ordered(group)).toEqual(sides[0].ordered(group));
          expect([sides[1].least(group), sides[1].greatest(group)]).toEqual([
            sides[0].least(group),
            sides[0].greatest(group),
          ]);
          const slots = Int32Array.from(sides[0].ordered(group));
          const range = { slots, count: slots.length, validity: null, nullCount: 0 };
          const [kept, back] = [sides[0].column(range), sides[1].column(range)];
          slots.forEach((_slot, row) => {
            expect(valueAt(back, row)).toEqual(valueAt(kept, row));
          });
        }
      }),
      { numRuns: 100 },
    );
  });
});

function chain(values: GroupedValues, group: number): number[] {
  const entries: number[] = [];
  for (let entry = values.first(group); entry >= 0; entry = values.after(entry)) entries.push(entry);
  return entries;
}
