import fc from "fast-check";
import { expect, it } from "vitest";
import { hashAggregate, type Row } from "./aggregate-harness.js";

const oddFloat = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8) },
  fc.constantFrom(-0, 1e300, 1.7e308, -1.7e308, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-300),
  fc.double(),
);

/** Chunks long enough for the one loop; no NULLs in what is aggregated. */
const anyRows = fc.array(
  fc.record({ key: fc.constantFrom("a", "b", "c", null), float: oddFloat, at: fc.integer({ min: 0, max: 50 }) }),
  { minLength: 64, maxLength: 200 },
);

const AGGREGATES = [
  { name: "count" },
  { name: "sum", arg: "float" },
  { name: "avg", arg: "float" },
  { name: "min", arg: "float" },
  { name: "max", arg: "float" },
] as const;

/** Generated code runs all aggregates in one loop; without it each runs its own. */
function outputs(emission: "upserts" | "finals", triggers: readonly (readonly Row[])[], options: { codegen: boolean }) {
  const { codegen } = options;
  const made = hashAggregate({
    keys: ["key", "at"],
    aggregates: AGGREGATES,
    emission,
    retractingInput: false,
    evictBy: ["1"],
    codegen,
  });
  return triggers.map((rows, k) => made.trigger(rows, BigInt(20 * (k + 1)), { cut: 128, selective: k % 2 === 1 }));
}

it.each(["upserts", "finals"] as const)(
  "one loop over all aggregates gives what a loop for each gives: %s",
  (emission) => {
    fc.assert(
      fc.property(fc.array(anyRows, { minLength: 1, maxLength: 4 }), (triggers) => {
        const rows = triggers.map((trigger, k) =>
          trigger.map(
            ({ key, float, at }): Row => ({
              key,
              at: at + 20 * k,
              int: 1,
              float,
              text: "",
              flag: true,
              weight: 1,
            }),
          ),
        );
        expect(outputs(emission, rows, { codegen: true })).toEqual(outputs(emission, rows, { codegen: false }));
      }),
    );
  },
);
