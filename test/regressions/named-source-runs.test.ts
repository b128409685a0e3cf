import { expect, test } from "vitest";
import { int32, MemoryStream, Session } from "../../src/index.js";

test("a source that is named after its reader can be read", async () => {
  const session = new Session();
  const stream = new MemoryStream({ n: int32() }).add([{ n: 1 }]);
  const query = await session.readStream.memory(stream).name("numbers").writeStream.memory("rows").start();
  await query.processAllAvailable();
  await query.stop();
  expect(await session.table("rows").collect()).toEqual([{ n: 1 }]);
});
