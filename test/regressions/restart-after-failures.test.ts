import { mkdtemp, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { int32, MemoryStream, Session, userAggregate } from "../../src/index.js";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("a query whose checkpoint cannot be opened again gives up, also when it has done triggers before", async () => {
  const stream = new MemoryStream({ n: int32() }).add([{ n: 1 }]);
  const writer = new Session().readStream.memory(stream).writeStream.checkpoint(directory);
  const query = await writer
    .restart({ times: 2, backoff: 0 })
    .foreachBatch(async (_, batchId) => {
      if (batchId === 0) return;
      await unlink(join(directory, "metadata"));
      throw new Error("the sink is down");
    })
    .start();
  await query.processAllAvailable();
  stream.add([{ n: 2 }]);
  await expect(query.awaitTermination()).rejects.toThrow(/CHECKPOINT_CORRUPT.*metadata/);
});

test("a loop over deltas outlives a failure that the query recovers from", async () => {
  let failures = 1;
  const total = userAggregate({
    name: "totalThatFailsOnTwo",
    type: int32(),
    init: () => 0,
    add: (state: number, n) => {
      if (n === 2 && failures-- > 0) throw new Error("not now");
      return state + Number(n);
    },
    finish: (state) => state,
  });
  const stream = new MemoryStream({ n: int32() });
  const totals = new Session().readStream.memory(stream).agg({ total: total("n") });
  const writer = totals.writeStream.outputMode("update").checkpoint(directory);
  const deltas = await writer.restart({ times: 1, backoff: 0 }).deltas();
  const seen: unknown[] = [];
  const loop = (async () => {
    for await (const delta of deltas) seen.push(...delta.rows());
  })();
  for (const n of [1, 2, 3]) {
    stream.add([{ n }]);
    await deltas.query.processAllAvailable();
  }
  await deltas.query.stop();
  await loop;
  expect(failures).toBeLessThan(1);
  expect(seen).toEqual([{ total: 1 }, { total: 3 }, { total: 6 }]);
});
