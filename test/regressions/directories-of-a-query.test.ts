import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { plainPath } from "../../src/common/plain-path.js";
import { CheckpointError, int64, MemoryStream, type QueryHandle, Session, schemaOf } from "../../src/index.js";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-"));
  await mkdir(join(directory, "in"));
  await writeFile(join(directory, "in", "a.json"), '{"n":1}\n');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function copy(paths: { from: string; checkpoint: string; to: string }): Promise<QueryHandle> {
  const rows = new Session().readStream.schema(schemaOf({ n: int64() })).json(paths.from);
  return rows.writeStream.trigger({ availableNow: true }).checkpoint(paths.checkpoint).json(paths.to).start();
}

test("a checkpoint does not begin among the files of a source, nor a sink among those of a checkpoint", async () => {
  const from = join(directory, "in");
  const to = join(directory, "out");
  await expect(copy({ from, checkpoint: from, to })).rejects.toThrow(/CHECKPOINT_DIRECTORY_TAKEN.*'a.json'/);
  await expect(copy({ from, checkpoint: to, to })).rejects.toThrow(/SINK_TARGET_TAKEN.*checkpoint/);
});

test("a path that is written another way is the same place", async () => {
  const from = join(directory, "in");
  for (const end of ["", "/", "//./"]) {
    const query = await copy({
      from: from + end,
      checkpoint: join(directory, "state"),
      to: join(directory, "out") + end,
    });
    await query.awaitTermination();
  }
  expect(["./in//orders/", "/", "/a/./b/", ".", ""].map(plainPath)).toEqual(["in/orders", "/", "/a/b", ".", "."]);
});

test("a query tells when its sink has lost what it had", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const stream = new MemoryStream({ n: int64() });
  for (let life = 0; life < 2; life++) {
    stream.add([{ n: 1n }]);
    const rows = new Session().readStream.memory(stream);
    const query = await rows.writeStream.checkpoint(join(directory, "state")).memory("rows").start();
    await query.processAllAvailable();
    await query.stop();
  }
  expect(warned.mock.calls.map(([message]) => String(message))).toEqual([
    "The sink memory has nothing of batches 0 to 0, which are done: their rows do not come again.",
  ]);
});

test("a refusal is a CheckpointError in whole sentences", async () => {
  const paths = { from: join(directory, "in"), checkpoint: join(directory, "state"), to: join(directory, "out") };
  await (await copy(paths)).awaitTermination();
  await rm(join(directory, "state", "offsets", "0"));
  const refusal = copy(paths);
  await expect(refusal).rejects.toBeInstanceOf(CheckpointError);
  await expect(refusal).rejects.toThrow(/there is no offsets\/0\. At commits\/0\. Keep the directory/);
});
