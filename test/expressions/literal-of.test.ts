import { expect, test } from "vitest";
import { type LiteralInput, literalOf } from "../../src/expressions/literal-of.js";

test.each<[LiteralInput, string, unknown]>([
  [1, "int32", 1],
  [-2147483648, "int32", -2147483648],
  [2147483648, "int64", 2147483648n],
  [-(2 ** 53 - 1), "int64", -(2n ** 53n - 1n)],
  [2 ** 53, "float64", 2 ** 53],
  [1.5, "float64", 1.5],
  [-0, "float64", -0],
  [Number.NaN, "float64", Number.NaN],
  [5n, "int64", 5n],
  ["x", "utf8", "x"],
  [true, "bool", true],
  [null, "null", null],
  [new Date(-1), "timestamp", -1000n],
  [new Uint8Array([1, 2]), "binary", new Uint8Array([1, 2])],
])("%s is %s", (value, kind, stored) => {
  const literal = literalOf(value);
  expect(literal.type.kind).toBe(kind);
  expect(literal.value).toEqual(stored);
  expect(Object.isFrozen(literal)).toBe(true);
});

test("bytes are copied, so that a later write does not change the query", () => {
  const bytes = new Uint8Array([1]);
  const literal = literalOf(bytes);
  bytes[0] = 9;
  expect(literal.value).toEqual(new Uint8Array([1]));
});

test.each<[unknown, string]>([
  [2n ** 63n, "LITERAL_RANGE"],
  [new Date(Number.NaN), "LITERAL_TYPE"],
  [{}, "LITERAL_TYPE"],
  [undefined, "LITERAL_TYPE"],
  [[1], "LITERAL_TYPE"],
])("%s cannot be a constant", (value, code) => {
  expect(() => literalOf(value as LiteralInput)).toThrow(expect.objectContaining({ code }));
});
