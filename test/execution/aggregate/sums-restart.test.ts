import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column } from "../../../src/columnar/column.js";
import type { Accumulator } from "../../../src/execution/aggregate/accumulator.js";
import { AverageAccumulator } from "../../../src/execution/aggregate/average-accumulator.js";
import { FloatSumAccumulator } from "../../../src/execution/aggregate/float-sum-accumulator.js";
import { floatColumn, int64Column } from "../../state/key-columns-of.js";

const GROUPS = Int32Array.of(0, 1, 2);

/** Values whose sums need everything that a sum can keep; cancelled now and then. */
const entry = fc.record({ group: fc.nat(2), value: fc.nat(6), weight: fc.constantFrom(1, -1, 3, 2 ** 20, -(2 ** 30)) });
const entries = fc.array(entry, { maxLength: 12 });
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

const LONGS = [2n ** 63n - 1n, -(2n ** 63n), 1n, -1n, 2n ** 32n, 0n, 12345n];
const FLOATS = [0.1, 2 ** 1000, -(2 ** 1010), Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e17];

const SUMS: readonly (readonly [string, () => Accumulator, (values: readonly Entry[]) => Column])[] = [
  ["integers", () => new AverageAccumulator(true), (each) => int64Column(each.map(({ value }) => LONGS[value]))],
  ["doubles", () => new FloatSumAccumulator(), (each) => floatColumn(each.map(({ value }) => FLOATS[value]))],
];

describe.each(SUMS)("a sum of %s that was saved and loaded", (_, make, columnOf) => {
  const add = (sum: Accumulator, added: readonly Entry[]): void => {
    const rows = Int32Array.from(added, (__, row) => row);
    const groups = Int32Array.from(added, ({ group }) => group);
    const weights = Int32Array.from(added, ({ weight }) => weight);
    sum.add({ count: added.length, rows, groups, weights, firstSequence: 0 }, [columnOf(added)]);
  };

  it("goes on as the one that was not, whatever was in its place", () => {
    fc.assert(
      fc.property(entries, entries, entries, (before, other, after) => {
        const kept = make();
        const loaded = make();
        for (const sum of [kept, loaded]) sum.grow(3);
        add(kept, before);
        add(loaded, other);
        const saved = kept.save(GROUPS);
        expect(saved.map(({ type }) => type)).toEqual(kept.fields.map(({ type }) => type));
        loaded.load(GROUPS, saved);
        expect(loaded.save(GROUPS)).toEqual(saved);
        for (const sum of [kept, loaded]) add(sum, after);
        expect(loaded.save(GROUPS)).toEqual(kept.save(GROUPS));
        const range = { groups: GROUPS, count: 3, present: Float64Array.of(1, 1, 1) };
        expect(loaded.finish(range)).toEqual(kept.finish(range));
      }),
      { numRuns: 200 },
    );
  });
});
