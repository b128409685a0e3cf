import { expect, test } from "vitest";
import * as millrace from "../../src/index.js";
import { captureOutput } from "../examples/capture-output.js";
import { codeBlocks, runBlock } from "./code-blocks.js";

test.each(codeBlocks("README.md"))("$title runs and shows rows", async (block) => {
  const output = await captureOutput(() => runBlock(block, { millrace }, {}));
  expect(output).toMatch(/\|.*\|\n\+-/);
});
