import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { int32, MemoryStream, Session } from "../../src/index.js";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("two calls at once give one query, also where an earlier one has ended", async () => {
  const session = new Session();
  const stream = new MemoryStream({ n: int32() });
  const get = () =>
    session.getOrCreate(directory, ({ readStream }) => readStream.memory(stream).writeStream.foreachBatch(() => {}));
  for (let life = 0; life < 2; life++) {
    const [one, other] = await Promise.all([get(), get()]);
    expect(other).toBe(one);
    await one.stop();
  }
});

test("the checkpoint options of the built writer stand", async () => {
  const stream = new MemoryStream({ n: int32() });
  const query = await new Session().getOrCreate(directory, ({ readStream }) =>
    readStream
      .memory(stream)
      .writeStream.checkpoint(directory, { retainBatches: 2 })
      .foreachBatch(() => {}),
  );
  for (let n = 0; n < 6; n++) {
    stream.add([{ n }]);
    await query.processAllAvailable();
  }
  await query.stop();
  expect((await readdir(join(directory, "commits"))).sort()).toEqual(["4", "5"]);
});
