import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { count, float64, MemoryStream, Session, sum, timestamp, utf8, window } from "../../src/index.js";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function at(minute: number): Date {
  return new Date(Date.UTC(2024, 0, 1, 12, minute));
}

async function linesOf(path: string): Promise<unknown[]> {
  const names = (await readdir(path)).filter((name) => name.endsWith(".json") || name.endsWith(".jsonl"));
  const texts = await Promise.all(names.sort().map((name) => readFile(join(path, name), "utf8")));
  return texts
    .flatMap((text) => text.split("\n").filter((line) => line !== ""))
    .map((line) => JSON.parse(line) as unknown);
}

it("goes on where it stood: each window once, over restarts", async () => {
  const orders = new MemoryStream({ at: timestamp(), user: utf8(), amount: float64() });
  const start = () =>
    new Session().readStream
      .memory(orders)
      .withWatermark("at", "1 minute")
      .groupBy(window("at", "5 minutes"), "user")
      .agg({ n: count(), total: sum("amount") })
      .writeStream.outputMode("append")
      .checkpoint(join(directory, "state"))
      .json(join(directory, "out"))
      .start();
  for (let minute = 0; minute < 30; minute++) {
    orders.add([{ at: at(minute), user: minute % 2 === 0 ? "ann" : "bob", amount: 1 }]);
    const query = await start();
    expect(query.guarantee.level).toBe("exactly-once");
    await query.processAllAvailable();
    await query.stop();
  }
  const lines = (await linesOf(join(directory, "out"))) as { n: number }[];
  expect(lines.length).toBe(10);
  expect(lines.reduce((total, { n }) => total + n, 0)).toBe(25);
});
