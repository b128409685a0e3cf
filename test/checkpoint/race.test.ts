import { describe, expect, test } from "vitest";
import type { CheckpointOptions } from "../../src/checkpoint/checkpoint.js";
import { PausedFileSystem } from "../fakes/paused-file-system.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { MiniQuery, newWorld, openRun, type Run, runOnce, settle, type World, wrongWith } from "./mini-query.js";

const BATCHES = 4;

/** What a promise came to: "ok", or the error's code. */
function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "ok",
    (error) => error.code ?? String(error),
  );
}

/** The same disk, sinks and machine, seen through one process's calls. */
function seenThrough(world: World, files: PausedFileSystem): World {
  return { ...world, files: files.files };
}

describe("two contenders for one lock, one of them stopped at any of its calls", () => {
  async function race(world: World, at: number): Promise<{ outcomes: readonly string[]; wasPaused: boolean }> {
    const runs: Run[] = [];
    const open = async (view: World): Promise<void> => void runs.push(await openRun(view));
    const paused = new PausedFileSystem(world.files, at);
    const slow = outcomeOf(open(seenThrough(world, paused)));
    await settle();
    const fast = await outcomeOf(open(world));
    const wasPaused = paused.isPaused;
    paused.resume();
    const outcomes = [await slow, fast];
    // Whoever won can go on, whatever the other has done since.
    const [winner] = runs;
    expect(wrongWith(world, 1, await new MiniQuery(world, winner).run(1))).toBeNull();
    for (const { checkpoint } of runs) await checkpoint.close();
    return { outcomes, wasPaused };
  }

  async function dead(world: World): Promise<void> {
    await openRun(world).then((run) => run.kill());
  }
  async function letGo(world: World): Promise<void> {
    await openRun(world).then((run) => run.checkpoint.close());
  }
  async function nobody(): Promise<void> {}

  test.each([
    ["nobody", nobody],
    ["a dead owner", dead],
    ["an owner that let go", letGo],
  ])("after %s: exactly one wins, the other is refused", async (_who, before) => {
    const winners = new Set<number>();
    for (let at = 1, wasPaused = true; wasPaused; at++) {
      const world = newWorld(new SimFileSystem(), 1);
      await before(world);
      const result = await race(world, at);
      wasPaused = result.wasPaused;
      expect([...result.outcomes].sort(), `stopped at call ${at}`).toEqual(["CHECKPOINT_LOCKED", "ok"]);
      winners.add(result.outcomes.indexOf("ok"));
    }
    expect(winners.size).toBe(2);
  });

  test("who looked before others came and went does not get an epoch of the past", async () => {
    for (let at = 1, wasPaused = true; wasPaused; at++) {
      const world = newWorld(new SimFileSystem(), 1);
      await dead(world);
      const paused = new PausedFileSystem(world.files, at);
      const slow = outcomeOf(openRun(seenThrough(world, paused)));
      await settle();
      wasPaused = paused.isPaused;
      if (!wasPaused) break;
      const first = await outcomeOf(letGo(world));
      if (first !== "ok") break;
      const owner = await openRun(world);
      paused.resume();
      expect(await slow, `stopped at call ${at}`).toMatch(/^CHECKPOINT_LOCKED$|^CONCURRENT_RUN$/);
      expect(wrongWith(world, 1, await new MiniQuery(world, owner).run(1))).toBeNull();
      await owner.checkpoint.close();
    }
  });

  test("many at once: one wins", async () => {
    const world = newWorld(new SimFileSystem(), 1);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(openRun(world))));
    expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(["ok", "CHECKPOINT_LOCKED"]));
  });
});

describe("a zombie, stopped at any of its calls while another takes over", () => {
  const TAKE: Partial<CheckpointOptions> = { forceUnlock: true };

  async function takeover(sinks: number, at: number): Promise<boolean> {
    const world = newWorld(new SimFileSystem(), sinks);
    await runOnce(world, 1);
    const paused = new PausedFileSystem(world.files, at);
    const zombie = outcomeOf(runOnce(seenThrough(world, paused), BATCHES));
    await settle();
    const wasPaused = paused.isPaused;
    if (!wasPaused) return false;
    const survivor = await outcomeOf(runOnce(world, BATCHES, { options: TAKE }));
    paused.resume();
    const fate = await zombie;
    const where = `stopped at call ${at}: survivor ${survivor}, zombie ${fate}`;
    expect(survivor, where).toBe("ok");
    expect(fate, where).toMatch(/^ok$|^CONCURRENT_RUN$|^CHECKPOINT_LOCKED$|^CHECKPOINT_WRITE_FAILED$/);
    expect(wrongWith(world, BATCHES, await runOnce(world, BATCHES)), where).toBeNull();
    return true;
  }

  test.each([1, 2])("%i sink(s): the output is exact, and the next run goes on", async (sinks) => {
    let at = 1;
    while (await takeover(sinks, at)) at++;
    expect(at).toBeGreaterThan(100);
  });

  test("is told that it was taken over when it publishes", async () => {
    const world = newWorld(new SimFileSystem(), 1);
    const zombie = await openRun(world);
    const query = new MiniQuery(world, zombie);
    await query.run(1);
    await runOnce(world, 2, { options: TAKE });
    const { checkpoint } = zombie;
    const record = { batch: 2, batchTimeMs: 0, sources: [], idle: [], drain: false, fingerprint: null };
    await expect(checkpoint.logOffsets(record)).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await expect(checkpoint.writeState(2, [new Uint8Array(1)])).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    await checkpoint.close();
    expect(zombie.warnings).toEqual([expect.stringContaining("CONCURRENT_RUN")]);
  });
});
