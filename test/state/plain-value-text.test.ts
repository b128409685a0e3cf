import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NotPlain, plainValueFromText, plainValueToText } from "../../src/state/plain-value-text.js";

class Counter {
  count = 0;
}
const inner = { a: 1 };
const cycle: { self?: unknown } = {};
cycle.self = cycle;

describe("plain values as text", () => {
  it("come back equal, whatever they are made of", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      key: fc.oneof(fc.string(), fc.constantFrom("__proto__", "$", "toJSON", "1")),
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(plainValueFromText(plainValueToText(value))).toStrictEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["-0", -0],
    ["an array that looks like a tagged value", ["$", "bigint", "1"]],
    ["a date that is none", new Date(Number.NaN)],
    ["half a character", "\ud800"],
    ["a part of a larger buffer", new Uint16Array([1, 2, 3]).subarray(1, 2)],
  ])("keep %s", (_, value) => {
    expect(plainValueFromText(plainValueToText([value]))).toStrictEqual([value]);
  });

  it.each([
    ["a function", () => 1, "a function"],
    ["a symbol", Symbol("s"), "a symbol"],
    ["an instance of a class", new Counter(), "an instance of Counter"],
    ["a class that extends a plain one", Buffer.from("a"), "an instance of Buffer"],
    ["an object whose prototype is not named", Object.create(Object.create(null)), "an instance of an unnamed class"],
    ["symbols as keys", { [Symbol("s")]: 1 }, "an object with symbols as keys"],
    ["a cycle", cycle, "one object in two places"],
    ["an object that changes in two places at once", [inner, inner], "one object in two places"],
  ])("refuse %s", (_, value, reason) => {
    expect(() => plainValueToText({ deep: new Map([[1, value]]) })).toThrow(NotPlain);
    expect(() => plainValueToText(value)).toThrow(reason);
  });
});
