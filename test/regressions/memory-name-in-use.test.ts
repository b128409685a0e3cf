import { expect, test } from "vitest";
import { count, int32, MemoryStream, memorySink, Session, timestamp, window } from "../../src/index.js";

test("a running query keeps its memory table: another query cannot take the name", async () => {
  const session = new Session();
  const stream = new MemoryStream({ n: int32() }).add([{ n: 1 }]);
  const frame = session.readStream.memory(stream);
  const query = await frame.writeStream.memory("rows").start();
  await query.processAllAvailable();
  await expect(frame.select("n").writeStream.memory("rows").start()).rejects.toThrow(/NAME_IN_USE.*"rows"/);
  expect(await session.table("rows").collect()).toEqual([{ n: 1 }]);
  await query.stop();

  const next = await frame.writeStream.memory("rows").start();
  await next.processAllAvailable();
  await next.stop();
  expect(await session.table("rows").collect()).toEqual([{ n: 1 }]);
});

test("late rows cannot go to the table of the results", async () => {
  const session = new Session();
  const counts = session.readStream
    .memory(new MemoryStream({ at: timestamp() }))
    .withWatermark("at", "0 seconds")
    .groupBy(window("at", "1 minute"))
    .agg({ n: count() });
  await expect(counts.writeStream.lateRows(memorySink("out")).memory("out").start()).rejects.toThrow(/NAME_IN_USE/);
  expect(session.streams.active).toEqual([]);
});
