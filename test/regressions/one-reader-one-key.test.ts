import { expect, test } from "vitest";
import { count, MemoryStream, Session, utf8 } from "../../src/index.js";

const counted = (session: Session, stream: MemoryStream) =>
  session.readStream.memory(stream).groupBy("k").agg({ n: count() });

test("a memory table refuses changed rows that it could not tell from new ones", async () => {
  const session = new Session();
  const start = counted(session, new MemoryStream({ k: utf8() }))
    .select("n")
    .writeStream.outputMode("update");
  await expect(start.memory("counts").start()).rejects.toMatchObject({ code: "MEMORY_NEEDS_KEY" });
  expect(session.streams.active).toEqual([]);
});

test("rows that are never replaced need no key", async () => {
  const session = new Session();
  const stream = new MemoryStream({ k: utf8() });
  const query = await session.readStream.memory(stream).writeStream.outputMode("update").memory("rows").start();
  stream.add([{ k: "a" }, { k: "a" }]);
  await query.processAllAvailable();
  expect(await session.table("rows").count()).toBe(2);
  await query.stop();
});

test("a second loop over the changes of one query is refused", async () => {
  const session = new Session();
  const deltas = await counted(session, new MemoryStream({ k: utf8() }))
    .writeStream.outputMode("update")
    .deltas();
  const first = deltas[Symbol.asyncIterator]();
  expect(() => deltas[Symbol.asyncIterator]()).toThrow(/^DELTAS_TAKEN/);
  await deltas.query.stop();
  await first.return(undefined);
});
