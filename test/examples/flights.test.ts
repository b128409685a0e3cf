import { expect, test } from "vitest";
import { runExample } from "./capture-output.js";

test("the flights example proves that the stream is the batch, within 80 columns", async () => {
  const output = await runExample("flights", ["--rows", "60000"]);

  expect(output.match(/batch over the accepted rows = streamed: yes, exactly/g)).toHaveLength(2);
  expect(output).toMatch(/late rows +[1-9][\d,]* of 60,000/);
  expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(process.exitCode ?? 0).toBe(0);
});
