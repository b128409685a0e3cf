import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column } from "../../src/columnar/column.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { OrderedMultiset } from "../../src/state/ordered-multiset.js";
import { floatColumn, int64Column, structColumn, textColumn } from "./key-columns-of.js";

const change = fc.record({
  group: fc.nat(2),
  value: fc.integer({ min: -6, max: 6 }),
  weight: fc.constantFrom(1, 1, -1, 2),
});

/** The same numbers as values of several types, in the same order. */
const TYPES: readonly {
  name: string;
  column: (values: readonly number[]) => Column;
  back: (value: unknown) => number;
}[] = [
  { name: "float64", column: (values) => floatColumn(values), back: Number },
  {
    name: "int64",
    column: (values) => int64Column(values.map((value) => BigInt(value) << 33n)),
    back: (value) => Number(value as bigint) / 2 ** 33,
  },
  {
    name: "utf8",
    column: (values) => textColumn(values.map((value) => String.fromCharCode(80 + value))),
    back: (value) => String(value).charCodeAt(0) - 80,
  },
  {
    name: "struct",
    column: (values) =>
      structColumn(
        { v: floatColumn(values), w: int64Column(values.map(BigInt)) },
        values.map(() => false),
      ),
    back: (value) => (value as { v: number }).v,
  },
];

describe.each(TYPES)("OrderedMultiset of $name", ({ column, back }) => {
  it("knows the least and the greatest value of positive weight of every group", () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 8 }), fc.nat(2), (chunks, cleared) => {
        const multiset = new OrderedMultiset(column([0]).type, { codegen: true });
        multiset.grow(3);
        const model: Map<number, number>[] = [new Map(), new Map(), new Map()];
        chunks.forEach((changes, n) => {
          const values = column(changes.map(({ value }) => value));
          const rows = Int32Array.from(changes, (_, row) => row);
          const groups = Int32Array.from(changes, ({ group }) => group);
          multiset.add(
            { count: changes.length, rows, groups, weights: Int32Array.from(changes, ({ weight }) => weight) },
            values,
          );
          for (const { group, value, weight } of changes)
            model[group].set(value, (model[group].get(value) ?? 0) + weight);
          if (n === 4) {
            multiset.clear(cleared);
            model[cleared].clear();
          }
          model.forEach((weights, group) => {
            const present = [...weights].filter(([, weight]) => weight > 0).map(([value]) => value);
            const ends = [multiset.least(group), multiset.greatest(group)];
            const found = ends.map((entry) => (entry < 0 ? null : back(valueAt(multiset.column(rangeOf(entry)), 0))));
            const expected = present.length === 0 ? [null, null] : [Math.min(...present), Math.max(...present)];
            expect(found.map((value) => (value === null ? null : value + 0))).toEqual(expected);
            const inOrder = multiset.ordered(group).map((entry) => back(valueAt(multiset.column(rangeOf(entry)), 0)));
            expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
          });
        });
      }),
      { numRuns: 150 },
    );
  });
});

function rangeOf(entry: number): { slots: Int32Array; count: number; validity: null; nullCount: number } {
  return { slots: Int32Array.of(entry), count: 1, validity: null, nullCount: 0 };
}
