import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CheckpointOptions } from "../../src/checkpoint/checkpoint.js";
import type { Clock } from "../../src/common/clock.js";
import type { ProcessName } from "../../src/common/process-identity.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { DIRECTORY, MiniQuery, newWorld, openRun, type Run, runOnce, settle, type World } from "./mini-query.js";

const HOUR_MS = 3_600_000;

let files: SimFileSystem;
let world: World;
let clock: ManualClock;
/** Runs to be closed when the test is over. */
let runs: Run[];

beforeEach(() => {
  files = new SimFileSystem();
  world = newWorld(files, 1);
  clock = new ManualClock(1_000_000);
  runs = [];
});

afterEach(async () => {
  for (const { checkpoint } of runs) await checkpoint.close();
});

interface Contender {
  readonly name: ProcessName;
  open(options?: Partial<CheckpointOptions>, signal?: AbortSignal): Promise<Run>;
}

/** A process, with a clock of its own if it has a wrong one. */
function contender(of: Partial<ProcessName> = {}, own: Clock = clock): Contender {
  const { name, processes } = world.machine.start(of);
  return {
    name,
    open: async (options = {}, signal = new AbortController().signal) => {
      const run = await openRun(world, { options, clock: own, processes, signal });
      runs.push(run);
      return run;
    },
  };
}

/** The process is gone: nothing of it runs any more. Its lock stays. */
async function kill({ name }: Contender, { checkpoint }: Run): Promise<void> {
  const lock = `${DIRECTORY}/locks/${checkpoint.attempt}`;
  const content = files.peek(lock);
  await checkpoint.close();
  files.put(lock, content);
  world.machine.kill(name);
}

/** What has become of an opening so far. */
function watched(opening: Promise<Run>): { state: string; run: Run | null } {
  const seen: { state: string; run: Run | null } = { state: "waits", run: null };
  opening.then(
    (run) => Object.assign(seen, { state: "open", run }),
    (error) => Object.assign(seen, { state: error.code ?? String(error) }),
  );
  return seen;
}

/** Seconds until it no longer waits; null: it still waits after `most`. */
async function secondsUntilDecided(seen: { state: string }, most: number): Promise<number | null> {
  for (let second = 0; second <= most; second++) {
    await settle();
    if (seen.state !== "waits") return second;
    await clock.advance(1000);
  }
  return null;
}

class SkewedClock implements Clock {
  offsetMs = 0;
  now = (): number => clock.now() + this.offsetMs;
  monotonic = (): number => clock.monotonic();
  sleep = (ms: number, signal: AbortSignal): Promise<void> => clock.sleep(ms, signal);
}

describe("on one machine", () => {
  test("a second process is refused, and told who the owner is and what to do", async () => {
    const owner = contender();
    await owner.open();
    const refusal = contender().open();
    await expect(refusal).rejects.toMatchObject({
      code: "CHECKPOINT_LOCKED",
      message: expect.stringMatching(
        new RegExp(`${DIRECTORY}.*process ${owner.name.pid} on host since 1970-01-01T00:16:40.000Z.*forceUnlock`),
      ),
    });
  });

  test("a second query of the same process is refused", async () => {
    const owner = contender();
    await owner.open();
    await expect(owner.open()).rejects.toMatchObject({ code: "CHECKPOINT_LOCKED" });
  });

  test("a dead owner is replaced at once, one that let go as well", async () => {
    const first = contender();
    await kill(first, await first.open());
    const second = await contender().open();
    await second.checkpoint.close();
    const third = await contender().open();
    expect([second.checkpoint.attempt, third.checkpoint.attempt]).toEqual([2, 3]);
    expect(await files.names(`${DIRECTORY}/locks`)).toEqual(["3"]);
  });

  test("another process under the owner's number is not the owner", async () => {
    const first = contender({ pid: 7, startTime: "1" });
    await kill(first, await first.open());
    contender({ pid: 7, startTime: "2" });
    await contender().open();
  });

  test("where start times are unknown, a living process of the owner's number is watched", async () => {
    const first = contender({ pid: 7, startTime: "" });
    await kill(first, await first.open());
    contender({ pid: 7, startTime: "" });
    const second = watched(contender({ startTime: "" }).open());
    expect(await secondsUntilDecided(second, 60)).toBe(30);
    expect(second.state).toBe("open");
    const third = watched(contender({ startTime: "" }).open());
    expect(await secondsUntilDecided(third, 60)).toBeLessThanOrEqual(6);
    expect(third.state).toBe("CHECKPOINT_LOCKED");
  });

  test("force takes it from a living owner, which can publish nothing more", async () => {
    const owner = await contender().open();
    await contender().open({ forceUnlock: true });
    await expect(new MiniQuery(world, owner).run(1)).rejects.toMatchObject({ code: "CONCURRENT_RUN" });
    expect(files.paths().filter((path) => path.includes("/offsets/"))).toEqual([]);
  });

  test("locks that were removed by hand do not bring an attempt back", async () => {
    for (let batches = 1; batches <= 3; batches++) await runOnce(world, batches);
    await files.remove(`${DIRECTORY}/locks`);
    const run = await contender().open();
    expect(run.checkpoint.attempt).toBe(4);
  });
});

describe("in containers and on other machines", () => {
  test.each([
    ["in another container", { pidNamespace: "pid:[2]" }],
    ["on another boot", { bootId: "boot 2" }],
  ])("a killed container starts again within 35 s %s", async (_where, of) => {
    const first = contender();
    const run = await first.open();
    for (let second = 0; second < 12; second++) await settle().then(() => clock.advance(1000));
    await settle();
    await kill(first, run);
    const again = watched(contender(of).open());
    expect(await secondsUntilDecided(again, 60)).toBeLessThanOrEqual(35);
    expect(again.state).toBe("open");
  });

  test("a second replica of the same name is refused as soon as the first is seen to live", async () => {
    await contender().open();
    const second = watched(contender({ pidNamespace: "pid:[2]" }).open());
    expect(await secondsUntilDecided(second, 60)).toBeLessThanOrEqual(6);
    expect(second.state).toBe("CHECKPOINT_LOCKED");
  });

  test("a second replica on another machine is refused at once", async () => {
    await contender().open();
    const second = watched(contender({ host: "other", bootId: "other" }).open());
    expect(await secondsUntilDecided(second, 60)).toBe(0);
    expect(second.state).toBe("CHECKPOINT_LOCKED");
  });

  test("an old heartbeat of another machine is doubted for 7 s, then it is dead", async () => {
    const first = contender();
    await kill(first, await first.open());
    await clock.advance(31_000);
    const second = watched(contender({ host: "other", bootId: "other" }).open());
    expect(await secondsUntilDecided(second, 60)).toBe(7);
    expect(second.state).toBe("open");
  });

  test("a standby waits for as long as the owner lives, and takes over when it has died", async () => {
    const first = contender();
    const run = await first.open();
    const second = watched(contender({ host: "other", bootId: "other" }).open({ standby: true }));
    expect(await secondsUntilDecided(second, 300)).toBeNull();
    await kill(first, run);
    expect(await secondsUntilDecided(second, 60)).toBeLessThanOrEqual(35);
    expect(second.state).toBe("open");
  });

  test("a standby takes over at once when the owner lets go, or dies on the same machine", async () => {
    const first = await contender().open();
    const second = contender();
    const waiting = watched(second.open({ standby: true }));
    expect(await secondsUntilDecided(waiting, 60)).toBeNull();
    await first.checkpoint.close();
    expect(await secondsUntilDecided(waiting, 60)).toBeLessThanOrEqual(1);
    const third = watched(contender().open({ standby: true }));
    expect(await secondsUntilDecided(third, 60)).toBeNull();
    await kill(second, waiting.run as Run);
    expect(await secondsUntilDecided(third, 60)).toBeLessThanOrEqual(1);
  });

  test("a standby stops waiting when it is told to", async () => {
    await contender().open();
    const controller = new AbortController();
    const waiting = contender().open({ standby: true }, controller.signal);
    await settle();
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(clock.sleeping).toBe(1);
  });

  test("a torn lock is watched, then taken", async () => {
    files.put(`${DIRECTORY}/locks/4`, Uint8Array.of(1, 2, 3));
    const seen = watched(contender().open());
    expect(await secondsUntilDecided(seen, 60)).toBe(30);
    expect(seen.run?.checkpoint.attempt).toBe(5);
  });
});

describe("clocks that are wrong", () => {
  const jumps = [HOUR_MS, -HOUR_MS, -24 * HOUR_MS];

  test.each(jumps)("an owner whose clock jumps by %i ms keeps its lock", async (jump) => {
    const skewed = new SkewedClock();
    await contender({}, skewed).open();
    const second = watched(contender({ host: "other", bootId: "other" }).open({ standby: true }));
    await settle();
    skewed.offsetMs = jump;
    expect(await secondsUntilDecided(second, 120)).toBeNull();
  });

  test.each(jumps)("a contender whose clock is off by %i ms does not steal the lock", async (jump) => {
    await contender().open();
    const skewed = new SkewedClock();
    skewed.offsetMs = jump;
    const second = watched(contender({ host: "other", bootId: "other" }, skewed).open());
    expect(await secondsUntilDecided(second, 120)).toBeLessThanOrEqual(7);
    expect(second.state).toBe("CHECKPOINT_LOCKED");
  });

  test.each(jumps)("a dead owner whose clock was off by %i ms is replaced within 35 s", async (jump) => {
    const skewed = new SkewedClock();
    skewed.offsetMs = jump;
    const first = contender({}, skewed);
    await kill(first, await first.open());
    const second = watched(contender({ host: "other", bootId: "other" }).open());
    expect(await secondsUntilDecided(second, 60)).toBeLessThanOrEqual(35);
    expect(second.state).toBe("open");
  });
});

describe("the heartbeat", () => {
  test("warns once while it fails, and goes on", async () => {
    const run = await contender().open();
    files.failAt(files.operations + 1, "EIO", true);
    for (let beat = 0; beat < 3; beat++) {
      await clock.advance(5000);
      await settle();
    }
    expect(run.warnings).toEqual([expect.stringContaining("heartbeat")]);
    files.failAt(Number.POSITIVE_INFINITY, "EIO");
    await clock.advance(5000);
    await settle();
    expect(new TextDecoder().decode(files.peek(`${DIRECTORY}/locks/1`))).toContain('"beats":1');
  });

  test("ends with the checkpoint", async () => {
    const run = await contender().open();
    await run.checkpoint.close();
    expect(clock.sleeping).toBe(0);
    expect(run.warnings).toEqual([]);
  });
});
