import { expect, test } from "vitest";
import { compile } from "./compile.js";
import { frameHeader } from "./frame-header.js";

/** What the types of one snippet cost: instantiations beyond those of the imports alone. */
function costOf(code: string): {
  readonly cost: number;
  readonly errors: readonly string[];
  readonly types: ReadonlyMap<string, string>;
} {
  const { errors, types, instantiations } = compile({ snippet: frameHeader + code });
  return { cost: instantiations - empty, errors: errors.get("snippet") ?? [], types };
}
const empty = compile({ snippet: `${frameHeader}export type Nothing = ColumnsIn<typeof orders>;` }).instantiations;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const joined = (count: number, part: (i: number) => string): string => numbers(count).map(part).join(", ");
const wide = `declare const wide: DataFrame<{ ${numbers(300)
  .map((i) => `k${i}: Int64Type`)
  .join("; ")} }>;`;

test("40 chained withColumn calls, each on the one before", () => {
  const calls = numbers(40).map((i) => `.withColumn("c${i}", col("${i === 0 ? "id" : `c${i - 1}`}").plus(1))`);
  const { cost, errors, types } = costOf(`export const last = orders${calls.join("")}.select("id", "c39").collect();`);
  expect(errors).toEqual([]);
  expect(types.get("last")).toContain("c39: number");
  expect(cost).toBeLessThan(150_000);
});

test("120 chained verbs", () => {
  const calls = numbers(60).map((i) => `.withColumn("c${i}", lit(${i})).filter(col("id").gt(${i}))`);
  const { cost, errors, types } = costOf(`export const last = orders${calls.join("")}.first();`);
  expect(errors).toEqual([]);
  expect(types.get("last")).toContain("c59: number");
  expect(cost).toBeLessThan(400_000);
});

test("300 columns at once", () => {
  const code = `${wide} export const next = wide.withColumns({ ${joined(300, (i) => `w${i}: col("k${i}").plus(1)`)} }).select("k0", "w299").first();`;
  const { cost, errors, types } = costOf(code);
  expect(errors).toEqual([]);
  expect(types.get("next")).toContain("w299: number");
  expect(cost).toBeLessThan(200_000);
});

test("300 columns selected and aggregated", () => {
  const selected = `wide.select(${joined(300, (i) => `"k${i}"`)})`;
  const { cost, errors, types } = costOf(
    `${wide} export const sums = ${selected}.groupBy("k0").agg({ ${joined(299, (i) => `s${i}: sum("k${i + 1}")`)} }).first();`,
  );
  expect(errors).toEqual([]);
  expect(types.get("sums")).toContain("s298: number | null");
  expect(cost).toBeLessThan(700_000);
});
