import { expect, test } from "vitest";
import { MemoryStream, Session, utf8 } from "../../src/index.js";

const session = new Session();
const untyped = <T>(value: unknown): T => value as T;

test.each([[[null]], [[undefined]], [[1, 2]], [["a"]], [[[1]]]])("%j are no rows", (rows) => {
  expect(() => session.createDataFrame(untyped<object[]>(rows))).toThrow(/ROW_SHAPE: Row 0 is/);
  expect(() => session.createDataFrame(untyped<object[]>(rows), "a string")).toThrow(/ROW_SHAPE: Row 0 is/);
  expect(() => new MemoryStream({ a: utf8() }).add(untyped<object>(rows))).toThrow(/ROW_SHAPE: Row 0 is/);
});

test("a Map, a Set or an array of numbers is not taken for an empty struct", () => {
  for (const value of [new Map([[1, 2]]), new Set([1]), new Float64Array(2)]) {
    expect(() => session.createDataFrame([{ value }])).toThrow(/TYPE_NOT_INFERRED.*'value' has a value of class/);
  }
});

test.each([[5], [null], [true]])("%j is no schema", (schema) => {
  expect(() => session.createDataFrame([{ a: 1 }], untyped<string>(schema))).toThrow(/SCHEMA_SHAPE/);
});
