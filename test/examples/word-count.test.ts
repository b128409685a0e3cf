import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { runExample } from "./capture-output.js";

const RULE = "-------------------------------------------";

/** A peer that sends these lines to whoever connects, then hangs up. */
async function servingLines(lines: readonly string[], work: (port: number) => Promise<string>): Promise<string> {
  const server = createServer((socket) => socket.end(lines.map((line) => `${line}\n`).join("")));
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

/** Rows of all tables that were printed, as cells; heads left out. */
function printedRows(output: string): string[][] {
  const tables = output.split(`${RULE}\nBatch: `).slice(1);
  return tables.flatMap((table) => {
    const rows = table.split("\n").filter((line) => line.startsWith("|"));
    return rows.slice(1).map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  });
}

test.each(["complete", "update"])("counts words in %s mode and prints Spark's batches", async (mode) => {
  const output = await servingLines(["apache spark", "apache hadoop"], (port) =>
    runExample("word-count", [mode, String(port)]),
  );

  expect(output.startsWith(`${RULE}\nBatch: 0\n${RULE}\n`)).toBe(true);
  expect(output).toContain("|  word|count|");
  const counts = new Map(printedRows(output).map(([word, count]) => [word, count]));
  expect(counts).toEqual(
    new Map([
      ["apache", "2"],
      ["spark", "1"],
      ["hadoop", "1"],
    ]),
  );
});

test("prints the words as they come in append mode", async () => {
  const output = await servingLines(["a b", "c"], (port) => runExample("word-count", ["append", String(port)]));

  expect(printedRows(output)).toEqual([["a"], ["b"], ["c"]]);
});
