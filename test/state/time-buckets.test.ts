import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeBuckets } from "../../src/state/time-buckets.js";

const value = fc.constantFrom(-(1n << 40n), -1n, 0n, 1n, 5n, 1n << 40n);
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), group: fc.nat(40), value }),
  fc.record({ kind: fc.constant("remove" as const), group: fc.nat(40) }),
  fc.record({ kind: fc.constant("take" as const), value }),
);

function halves(whole: bigint): [number, number] {
  return [Number(BigInt.asIntN(32, whole)), Number(BigInt.asIntN(32, whole >> 32n))];
}

describe("TimeBuckets", () => {
  it("takes what is below a bound, by value and group, like a map that is searched in full", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const buckets = new TimeBuckets();
        buckets.grow(41);
        const model = new Map<number, bigint>();
        for (const each of steps) {
          if (each.kind === "add" && !model.has(each.group)) {
            model.set(each.group, each.value);
            buckets.add(each.group, ...halves(each.value));
          } else if (each.kind === "remove") {
            model.delete(each.group);
            buckets.remove(each.group);
          } else if (each.kind === "take") {
            const below = [...model].filter(([, at]) => at < each.value);
            below.sort(([a, x], [b, y]) => (x === y ? a - b : x < y ? -1 : 1));
            const taken = buckets.takeBelow(each.value);
            expect([...taken.items.subarray(0, taken.length)]).toEqual(below.map(([group]) => group));
            for (const [group] of below) model.delete(group);
          }
          const values = [...model.values()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          expect(buckets.least()).toBe(values[0] ?? null);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("does not grow with groups that come and go below one value", () => {
    const buckets = new TimeBuckets();
    buckets.grow(8);
    for (let round = 0; round < 50_000; round++) {
      buckets.add(round % 8, 7, 0);
      buckets.remove(round % 8);
    }
    expect(buckets.bytes).toBeLessThan(20_000);
  });
});
