import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { int64, MemoryStream, Session, schemaOf } from "../../src/index.js";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("what is promised at most once does not come twice, also from a source that could be read again", async () => {
  const stream = new MemoryStream({ n: int64() }).add([{ n: 1n }]);
  const delivered: unknown[] = [];
  let failures = 1;
  const start = () => {
    const { readStream } = new Session();
    const never = (async function* () {
      await new Promise(() => {});
      yield { n: 0n };
    })();
    const rows = readStream.memory(stream).union(readStream.schema(schemaOf({ n: int64() })).from(never));
    const writer = rows.writeStream.checkpoint(directory).foreachBatch(async (batch) => {
      delivered.push(...(await batch.collect()));
      if (failures-- > 0) throw new Error("the sink dies with the rows");
    });
    return writer.start();
  };
  const first = await start();
  expect(first.guarantee.level).toBe("at-most-once");
  await expect(first.awaitTermination()).rejects.toThrow(/dies/);
  const second = await start();
  await second.processAllAvailable();
  await second.stop();
  expect(delivered).toEqual([{ n: 1 }]);
});
