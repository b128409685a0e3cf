import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LiteralValue } from "../../../src/expressions/expression.js";
import { int32, list, utf8 } from "../../../src/types/type-constructors.js";
import { run, type TestArgument } from "./vector-fixtures.js";

function split(values: readonly (string | null)[], pattern: string, limit?: number): unknown[] {
  const args: TestArgument[] = [
    { type: utf8(), values },
    { type: utf8(), constant: pattern as LiteralValue },
  ];
  if (limit !== undefined) args.push({ type: int32(), constant: limit });
  return run({ name: "split", args, type: list(utf8(), false), length: values.length });
}

describe("split gives what Spark gives", () => {
  it.each<[string, string, number | undefined, string[]]>([
    ["a b c", " ", undefined, ["a", "b", "c"]],
    ["a b c", " ", 2, ["a", "b c"]],
    ["a b c", " ", 1, ["a b c"]],
    ["a b c", " ", 0, ["a", "b", "c"]],
    [" a  b ", " ", -1, ["", "a", "", "b", ""]],
    ["", " ", undefined, [""]],
    ["", "", undefined, [""]],
    ["hello", "", undefined, ["h", "e", "l", "l", "o"]],
    ["hello", "", 3, ["h", "e", "l"]],
    ["é日😀", "", undefined, ["é", "日", "😀"]],
    ["a|b", "\\|", undefined, ["a", "b"]],
    ["a|b", "|", undefined, ["a", "|", "b", ""]],
    ["oneAtwoBthreeC", "[ABC]", -1, ["one", "two", "three", ""]],
    ["oneAtwoBthreeC", "[ABC]", 2, ["one", "twoBthreeC"]],
    ["aa2bb3cc4", "[1-9]+", 3, ["aa", "bb", "cc4"]],
    ["日1本22é", "\\d+", undefined, ["日", "本", "é"]],
    ["😀, b,c", ",\\s*", undefined, ["😀", "b", "c"]],
    ["abc", "x*", undefined, ["a", "b", "c", ""]],
    ["a\r\nb\nc", "\\r?\\n", undefined, ["a", "b", "c"]],
    ["a==b", "==", undefined, ["a", "b"]],
  ])("split(%j, %j, %s)", (text, pattern, limit, expected) => {
    expect(split([text, null, text], pattern, limit)).toEqual([expected, null, expected]);
  });

  it("a literal separator cuts as JavaScript's split does", () => {
    const texts = fc.sample(fc.option(fc.string({ unit: fc.constantFrom("a", "-", "é", "😀"), maxLength: 12 })), {
      numRuns: 200,
      seed: 7,
    });
    for (const separator of ["-", "--", "é-", "😀"])
      expect(split(texts, separator)).toEqual(texts.map((each) => each?.split(separator) ?? null));
  });

  it("joined by the separator, the pieces are the text again", () => {
    const texts = fc.sample(fc.string({ unit: fc.constantFrom("a", "1", "2", "日", " "), maxLength: 12 }), {
      numRuns: 100,
      seed: 8,
    });
    const pieces = split(texts, "[12]", 3) as string[][];
    for (const [i, each] of pieces.entries()) {
      expect(each.length).toBeLessThanOrEqual(3);
      expect(each.join("").length + each.length - 1).toBe(texts[i].length);
    }
  });

  it("refuses what is no regular expression", () => {
    expect(() => split(["a"], "(")).toThrow(/REGEX_SYNTAX/);
  });
});
