import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { streamingRulesTable } from "../../src/plan/streaming-rules.js";

test("docs/output-modes.md holds the rules that start() applies", () => {
  const text = readFileSync(new URL("../../docs/output-modes.md", import.meta.url), "utf8");
  const table = text.split("<!-- generated: streamingRulesTable() -->\n")[1]?.split("<!-- end -->")[0];
  expect(table).toBe(streamingRulesTable());
});
