import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { OrderedRows } from "../../src/state/ordered-rows.js";
import type { Schema } from "../../src/types/data-type.js";
import { float64, int64, utf8 } from "../../src/types/type-constructors.js";

const schema: Schema = {
  fields: [
    { name: "n", type: float64(), nullable: true },
    { name: "t", type: utf8(), nullable: true },
    { name: "i", type: int64(), nullable: true },
  ],
};
const types = schema.fields.map((field) => field.type);

interface Row {
  readonly n: number | null;
  readonly t: string | null;
  readonly i: bigint | null;
}

const row = fc.record({
  n: fc.constantFrom(null, Number.NaN, -1, 0, -0, 2.5),
  t: fc.constantFrom(null, "", "a", "ab", "é"),
  i: fc.constantFrom(null, -1n, 5n),
});
const change = fc.record({ row, group: fc.integer({ min: 0, max: 2 }), weight: fc.constantFrom(-1, 1, 2) });

function rankNumber(value: number | null): number {
  if (value === null) return Number.NEGATIVE_INFINITY;
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value + 0;
}

const TEXTS = [null, "", "a", "ab", "é"];

function compareRows(a: Row, b: Row, descending: boolean): number {
  const numbers = rankNumber(a.n) === rankNumber(b.n) ? 0 : Math.sign(rankNumber(a.n) - rankNumber(b.n));
  const text = (value: Row): number => (value.t === null && descending ? 99 : TEXTS.indexOf(value.t));
  const integer = (value: bigint | null): number => (value === null ? -99 : Number(value));
  return numbers || (descending ? text(b) - text(a) : text(a) - text(b)) || integer(a.i) - integer(b.i);
}

function listed(rows: OrderedRows, group: number): [Row, number][] {
  const slots: number[] = [];
  for (let slot = rows.first(group); slot >= 0; slot = rows.next(slot)) slots.push(slot);
  const columns = rows.rows(Int32Array.from(slots), slots.length);
  return slots.map((slot, k) => {
    const [n, t, i] = columns.map((column) => valueAt(column, k));
    return [{ n, t, i } as Row, rows.weightOf(slot)];
  });
}

describe("OrderedRows", () => {
  test.each([false, true])("keeps the multiset of every group in order (text descending: %s)", (descending) => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const rows = new OrderedRows(
          types,
          descending
            ? {
                orders: [
                  { descending: false, nullsFirst: true },
                  { descending: true, nullsFirst: true },
                ],
              }
            : {},
        );
        rows.growGroups(3);
        const model: { row: Row; group: number; weight: number }[] = [];
        const { columns } = chunkFromObjects(
          schema,
          changes.map((each) => ({ ...each.row })),
        );
        rows.bind(columns);
        for (const [at, { group, weight, row: values }] of changes.entries()) {
          rows.add(group, at, weight);
          const known = model.find((each) => each.group === group && compareRows(each.row, values, descending) === 0);
          if (known === undefined) model.push({ row: values, group, weight });
          else known.weight += weight;
          if (at % 7 === 6) rows.sweep();
        }
        rows.sweep();
        const live = model.filter((each) => each.weight !== 0);
        expect(rows.size).toBe(live.length);
        for (const group of [0, 1, 2]) {
          const wanted = live
            .filter((each) => each.group === group && each.weight > 0)
            .sort((a, b) => compareRows(a.row, b.row, descending));
          const found = listed(rows, group);
          expect(found.map(([, weight]) => weight)).toEqual(wanted.map(({ weight }) => weight));
          for (const [k, [values]] of found.entries()) expect(compareRows(values, wanted[k].row, descending)).toBe(0);
          if (wanted.length > 0) expect(rows.weightOf(rows.last(group))).toBe(wanted[wanted.length - 1].weight);
          else expect([rows.first(group), rows.last(group)]).toEqual([-1, -1]);
        }
      }),
    );
  });

  test("a released group is empty and its slots serve again", () => {
    const rows = new OrderedRows([int64()]);
    rows.growGroups(2);
    const { columns } = chunkFromObjects({ fields: [{ name: "i", type: int64(), nullable: true }] }, [
      { i: 1n },
      { i: 2n },
      { i: null },
    ]);
    rows.bind(columns);
    for (const at of [0, 1, 2]) rows.add(0, at, 1);
    rows.add(1, 1, 1);
    rows.releaseGroup(0);
    expect(rows.size).toBe(1);
    expect(rows.first(0)).toBe(-1);
    expect(rows.add(0, 0, 1)).toBeLessThan(4);
    expect(rows.size).toBe(2);
  });

  test("a row whose weight comes down to 0 can be read until the sweep", () => {
    const rows = new OrderedRows([int64()]);
    rows.growGroups(1);
    rows.bind(chunkFromObjects({ fields: [{ name: "i", type: int64(), nullable: true }] }, [{ i: 7n }]).columns);
    const slot = rows.add(0, 0, 1);
    rows.setTag(slot, 3);
    rows.add(0, 0, -1);
    expect(rows.first(0)).toBe(-1);
    expect(valueAt(rows.rows(Int32Array.of(slot), 1)[0], 0)).toBe(7n);
    expect(rows.tagOf(slot)).toBe(3);
    rows.sweep();
    expect(rows.size).toBe(0);
  });
});
