import { describe, expect, it } from "vitest";
import { typeFromText } from "../../../src/expressions/type-text.js";
import { int32, list, struct, utf8 } from "../../../src/types/type-constructors.js";
import { evaluate, MANNERS, run, type TestArgument } from "./vector-fixtures.js";

const LISTS = [[1, null, 3], [], null, [7], [4, 5]];
const lists: TestArgument = { type: list(int32()), values: LISTS };

describe("lists", () => {
  it("size counts NULL elements; NULL has no size", () => {
    expect(run({ name: "size", args: [lists], type: int32(), length: 5 })).toEqual([3, 0, null, 1, 2]);
  });

  it("elementAt counts from 1, and from the end", () => {
    const call = { name: "elementAt", type: int32(), length: 5 } as const;
    const at = (values: readonly (number | null)[]): unknown[] =>
      run({ ...call, args: [lists, { type: int32(), values }] });
    expect(at([1, null, 1, 1, 2])).toEqual([1, null, null, 7, 5]);
    expect(at([-3, null, 1, -1, -1])).toEqual([1, null, null, 7, 5]);
    expect(at([2, null, 0, 1, 1])).toEqual([null, null, null, 7, 4]);
  });

  it.each([0, 4, -4])("position %i fails where a selected row has none", (position) => {
    const args: TestArgument[] = [lists, { type: int32(), constant: position }];
    const call = { name: "elementAt", args, type: int32(), length: 5 } as const;
    expect(() => evaluate(call, null, MANNERS[0])).toThrow(/INVALID_ARRAY_INDEX.*row 0/);
    expect(() => evaluate(call, Int32Array.of(2), MANNERS[0])).not.toThrow();
  });

  it("elementAt of texts", () => {
    const args: TestArgument[] = [
      { type: list(utf8()), values: [["a", "é"], ["b"]] },
      { type: int32(), constant: -1 },
    ];
    expect(run({ name: "elementAt", args, type: utf8(), length: 2 })).toEqual(["é", "b"]);
  });
});

describe("struct and JSON", () => {
  const type = struct({ user: utf8(), n: int32() });

  it("struct holds its values under their names and is never NULL", () => {
    const args: TestArgument[] = [
      { type: utf8(), constant: "user" },
      { type: utf8(), values: ["a", null, "a"] },
      { type: utf8(), constant: "n" },
      { type: int32(), constant: 4 },
    ];
    const expected = [
      { user: "a", n: 4 },
      { user: null, n: 4 },
      { user: "a", n: 4 },
    ];
    expect(run({ name: "struct", args, type, length: 3 })).toEqual(expected);
  });

  it("fromJson reads what toJson writes", () => {
    const values = [{ user: 'a"é', n: 1 }, { user: null, n: -5 }, null, { user: "", n: null }];
    const texts = run({ name: "toJson", args: [{ type, values }], type: utf8(), length: 4 });
    expect(texts).toEqual(['{"user":"a\\"é","n":1}', '{"n":-5}', null, '{"user":""}']);
    const args: TestArgument[] = [
      { type: utf8(), values: texts },
      { type: utf8(), constant: "user string, n int" },
    ];
    const result = typeFromText("user string, n int");
    expect(run({ name: "fromJson", args, type: result, length: 4 })).toEqual(values);
  });

  it("text that is no JSON gives a struct of NULLs, blank text NULL", () => {
    const args: TestArgument[] = [
      { type: utf8(), values: ["{", "", null, '{"n":"x"}'] },
      { type: utf8(), constant: "n int" },
    ];
    const result = typeFromText("n int");
    expect(run({ name: "fromJson", args, type: result, length: 4 })).toEqual([{ n: null }, null, null, { n: null }]);
  });
});
