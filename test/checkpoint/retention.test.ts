import { describe, expect, test } from "vitest";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { type FilledBatches, fillCheckpoint, mostFiles } from "./fill-checkpoint.js";
import { DIRECTORY, MiniQuery, newWorld, openRun, runOnce, wrongWith } from "./mini-query.js";

const RETAIN = 100;

describe("retention", () => {
  test("10,000 batches leave no more files than promised, at any time", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 0);
    let most = 0;
    const look = (): void => {
      most = Math.max(most, files.paths().length);
    };
    for (let from = 0; from < 10_000; from += 2000) {
      const run = await openRun(world, { options: { retainBatches: RETAIN } });
      const batches: FilledBatches = { from, to: from + 2000, snapshotEvery: 40 };
      await fillCheckpoint(run.checkpoint, batches, (batch) => {
        if (batch % 31 === 0 || batch < from + 3) look();
      });
      run.kill();
    }
    expect(most).toBeLessThanOrEqual(mostFiles(RETAIN));
    expect(most).toBeGreaterThan(RETAIN * 3);
  });

  test("keeps the newest batches and what their state is read from", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 2);
    await runOnce(world, 10);
    const names = async (folder: string) => [...(await files.names(`${DIRECTORY}/${folder}`))].sort();
    expect(await names("commits")).toEqual(["7", "8", "9"]);
    // One more than commits: offsets go when the absence of their commit is durable.
    expect(await names("offsets")).toEqual(["6", "7", "8", "9"]);
    // Batch 7 is read from the snapshot of batch 4 on.
    expect(await names("state")).toEqual(["4-1", "5-1", "6-1", "7-1", "8-1", "9-1"].map((name) => `${name}.arrow`));
    expect(await names("prepared")).toEqual(["9-1", "9-1.sink0.arrow", "9-1.sink1.arrow"]);
  });

  test("removes what runs left that died, and what a smaller retention leaves over", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 1);
    await runOnce(world, 20, { options: { retainBatches: 50 } });
    files.put(`${DIRECTORY}/offsets/20.dead-0.tmp`, Uint8Array.of(1));
    files.put(`${DIRECTORY}/state/20-77.arrow`, Uint8Array.of(1));
    files.put(`${DIRECTORY}/state/3-77.arrow`, Uint8Array.of(1));
    files.put(`${DIRECTORY}/prepared/20-77.sink0.arrow`, Uint8Array.of(1));
    files.put(`${DIRECTORY}/state/notes.txt`, Uint8Array.of(1));
    await runOnce(world, 22);
    expect(files.paths().filter((path) => /77|tmp/.test(path))).toEqual([]);
    // What is not ours stays.
    expect(await files.names(`${DIRECTORY}/state`)).toContain("notes.txt");
    expect(await files.names(`${DIRECTORY}/commits`)).toHaveLength(3);
    expect(await files.names(`${DIRECTORY}/offsets`)).toHaveLength(4);
  });

  test("state of attempts that die again and again does not pile up", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 1);
    await runOnce(world, 1);
    const before = files.paths().length;
    files.onOperation = ({ kind, path, number }) => {
      if (kind === "link" && path.includes("/prepared/")) files.failAt(number, "EIO");
    };
    for (let time = 0; time < 20; time++) await expect(runOnce(world, 2)).rejects.toThrow("CHECKPOINT_WRITE_FAILED");
    expect(files.paths().length).toBeLessThanOrEqual(before + 2);
  });

  test("a failed removal is warned about once, tried again, and leaves no gap", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 1);
    const run = await openRun(world);
    const query = new MiniQuery(world, run);
    await query.run(4);
    const { unlink } = files;
    files.unlink = async (path) => {
      if (/commits.\d+$/.test(path)) throw Object.assign(new Error("busy"), { code: "EBUSY" });
      return unlink.call(files, path);
    };
    for (const batches of [5, 6, 7]) await query.run(batches);
    expect(run.warnings).toEqual([expect.stringContaining("busy")]);
    files.unlink = unlink;
    await query.run(8);
    expect([...(await files.names(`${DIRECTORY}/commits`))].sort()).toEqual(["5", "6", "7"]);
    await run.checkpoint.close();
    run.kill();
    expect(wrongWith(world, 9, await runOnce(world, 9))).toBeNull();
  });

  test("the commit before the newest is kept, however small the retention: the newest may be torn", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 2);
    await runOnce(world, 6, { options: { retainBatches: 1 } });
    const torn = `${DIRECTORY}/commits/5`;
    files.put(torn, files.peek(torn).subarray(0, 40));
    expect(wrongWith(world, 8, await runOnce(world, 8, { options: { retainBatches: 1 } }))).toBeNull();
  });

  test("torn offsets that nothing came of are planned again", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 1);
    await runOnce(world, 4);
    files.put(`${DIRECTORY}/offsets/4`, Uint8Array.of(123));
    expect(wrongWith(world, 6, await runOnce(world, 6))).toBeNull();
  });

  test("state that is not what was written is refused by name", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 1);
    await runOnce(world, 3);
    const path = `${DIRECTORY}/state/1-1.arrow`;
    const whole = files.peek(path);
    for (const damaged of [whole.subarray(1), Uint8Array.from(whole, (byte) => byte ^ 1)]) {
      files.put(path, damaged);
      await expect(runOnce(world, 4)).rejects.toMatchObject({
        code: "CHECKPOINT_CORRUPT",
        message: expect.stringContaining(path),
      });
    }
    await files.unlink(path);
    await expect(runOnce(world, 4)).rejects.toMatchObject({ code: "CHECKPOINT_CORRUPT" });
  });
});
