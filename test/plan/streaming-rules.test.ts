import { expect, test } from "vitest";
import { streamingRules, streamingRulesTable } from "../../src/plan/streaming-rules.js";

const rules = streamingRules();

test("changelog and complete refuse only what has no meaning", () => {
  const refused = rules.filter(
    ({ mode, refusal }) => refusal !== null && (mode === "changelog" || mode === "complete"),
  );
  expect(new Set(refused.map(({ refusal }) => refusal))).toEqual(new Set(["IMPURE"]));
});

test("a watermark never makes a query lose a mode", () => {
  const key = ({ query, mode }: (typeof rules)[number]): string => `${query} ${mode}`;
  const withWatermark = new Map(rules.filter((rule) => rule.hasWatermark).map((rule) => [key(rule), rule]));
  for (const rule of rules.filter(({ hasWatermark, refusal }) => !hasWatermark && refusal === null)) {
    expect([key(rule), withWatermark.get(key(rule))?.refusal]).toEqual([key(rule), null]);
  }
});

test("every refusal code without a join is somewhere in the table", () => {
  const codes = new Set(rules.map(({ refusal }) => refusal));
  expect(codes).toEqual(
    new Set([null, "APPEND_NO_WATERMARK", "APPEND_NOT_FINAL", "SORT_APPEND", "UPDATE_NO_KEY", "IMPURE"]),
  );
  expect(rules.some(({ needsDeletes }) => needsDeletes)).toBe(true);
});

test("the table has one row per query and watermark", () => {
  const lines = streamingRulesTable().trimEnd().split("\n");
  expect(lines).toHaveLength(2 + rules.length / 4);
  expect(lines[0]).toBe("| query | watermark | append | update | complete | changelog |");
  expect(lines).toContain("| `groupBy(window(at))` | yes | yes | yes | yes | yes |");
  expect(lines).toContain("| `groupBy(user)` | yes | `APPEND_NOT_FINAL` | yes | yes | yes |");
});
