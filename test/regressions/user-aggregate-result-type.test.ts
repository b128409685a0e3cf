import { expect, test } from "vitest";
import { Session, userAggregate } from "../../src/index.js";

const session = new Session();
const resultOf = (type: string, value: unknown) => {
  const given = userAggregate({ name: "given", type, init: () => null, add: () => null, finish: () => value });
  return session
    .createDataFrame([{ n: 1 }])
    .agg({ result: given("n") })
    .collect({ int64: "bigint", timestamp: "iso" });
};

test.each([
  ["int", 1.5],
  ["int", 2 ** 40],
  ["int", "x"],
  ["bigint", 1.5],
  ["bigint", "x"],
  ["boolean", 1],
  ["double", "x"],
  ["string", 5],
  ["array<int>", [1, "x"]],
])("a result that is no %s (%o) is an error, not another value", async (type, value) => {
  await expect(resultOf(type, value)).rejects.toThrow(/USER_AGGREGATE_RESULT.*'given'/);
});

test.each([
  ["int", 7, 7],
  ["bigint", 7, 7n],
  ["bigint", 7n, 7n],
  ["double", 1.5, 1.5],
  ["timestamp", 1_000_000n, "1970-01-01T00:00:01.000Z"],
  ["timestamp", new Date(1000), "1970-01-01T00:00:01.000Z"],
  ["string", undefined, null],
  ["array<int>", [1, null], [1, null]],
])("a %s may be given as %o", async (type, value, expected) => {
  expect(await resultOf(type, value)).toEqual([{ result: expected }]);
});
