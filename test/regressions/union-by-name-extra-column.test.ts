import { expect, test } from "vitest";
import { Session } from "../../src/index.js";

test("unionByName refuses a column that only the other frame has, instead of leaving it out", async () => {
  const session = new Session();
  const one = session.createDataFrame([{ a: 1, b: 2 }]);
  const other = session.createDataFrame([{ c: 5, b: 4, a: 3 }]);
  expect(() => one.unionByName(other)).toThrow(/UNION_COLUMNS.*"c"/);
  expect(await one.unionByName(other.drop("c")).collect()).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ]);
});
