import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/common/millrace-error.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { type SimFault, SimFileSystem } from "../fakes/sim-file-system.js";
import { asTimeGoes, DIRECTORY, newWorld, runOnce, type World, wrongWith } from "./mini-query.js";

const BATCHES = 3;
const FAULTS: readonly SimFault[] = [
  "EIO",
  "ENOSPC",
  "EMFILE",
  "EINTR",
  "EACCES",
  "EPERM",
  "EXDEV",
  "ENOTSUP",
  "short",
];

/** One run with a fault; then, when it stopped, one without. Never a wrong result, and an error that says where. */
async function outcome(world: World, start: () => Promise<number>): Promise<"went through" | "stopped"> {
  let sum: number;
  let result: "went through" | "stopped" = "went through";
  try {
    sum = await start();
  } catch (error) {
    expectClear(error);
    result = "stopped";
    sum = await runOnce(world, BATCHES);
  }
  expect(wrongWith(world, BATCHES, sum)).toBeNull();
  return result;
}

/** A refusal comes from the recovery decision of the query, which throws it as text here. */
function expectClear(error: unknown): void {
  if (error instanceof CheckpointError) {
    // Directories above the checkpoint are named when they are what cannot be synced.
    expect(error.message).toMatch(/: \/(data(\/checkpoint.*)?)? /);
    expect(error.hint).not.toBe("");
    if (error.code === "CHECKPOINT_WRITE_FAILED") expect(error.cause).toBeInstanceOf(Error);
  } else {
    expect(String(error)).toMatch(/CHECKPOINT_CORRUPT|SINK_AHEAD/);
  }
}

describe.each(FAULTS)("%s", (fault) => {
  test.each([
    ["once", false],
    ["from then on", true],
  ])("at any change, %s: stops cleanly or goes through, and the next run ends right", async (_how, isSticky) => {
    const outcomes = new Set<string>();
    for (let at = 1, isReached = true; isReached; at++) {
      const files = new SimFileSystem();
      const world = newWorld(files, 2);
      outcomes.add(
        await outcome(world, async () => {
          files.failAt(at, fault, isSticky);
          try {
            return await runOnce(world, BATCHES);
          } finally {
            isReached = files.operations >= at;
            files.failAt(Number.POSITIVE_INFINITY, fault);
          }
        }),
      );
    }
    expect(outcomes).toContain("went through");
    if (fault !== "short") expect(outcomes).toContain("stopped");
  });

  test("at any read: stops cleanly or goes through, and the next run ends right", async () => {
    for (let at = 1, isReached = true; isReached; at++) {
      const files = new SimFileSystem();
      const world = newWorld(files, 2);
      await runOnce(world, 1);
      const before = files.readOperations;
      await outcome(world, async () => {
        files.failReadAt(before + at, fault);
        try {
          const clock = new ManualClock(0);
          return await asTimeGoes(clock, runOnce(world, BATCHES, { clock }));
        } finally {
          isReached = files.readOperations >= before + at;
          files.failReadAt(Number.POSITIVE_INFINITY, fault);
        }
      });
    }
  });
});

describe("publishing", () => {
  test("names the batch and the file, and keeps the cause", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 1);
    await runOnce(world, 1);
    files.onOperation = ({ kind, path, number }) => {
      if (kind === "sync" && path.includes("/offsets/")) files.failAt(number, "ENOSPC");
    };
    await expect(runOnce(world, 2)).rejects.toMatchObject({
      code: "CHECKPOINT_WRITE_FAILED",
      message: expect.stringContaining(`${DIRECTORY}/offsets/1 of batch 1`),
      cause: expect.objectContaining({ code: "ENOSPC" }),
    });
  });

  test("leaves no temporary file behind an error that passes", async () => {
    const files = new SimFileSystem();
    const world = newWorld(files, 1);
    files.onOperation = ({ kind, path, number }) => {
      if (kind === "link" && path.includes("/commits/")) files.failAt(number, "EIO");
    };
    await expect(runOnce(world, 1)).rejects.toThrow("CHECKPOINT_WRITE_FAILED");
    expect(files.paths().filter((path) => path.endsWith(".tmp"))).toEqual([]);
  });

  test("works on a file system without hard links", async () => {
    const files = new SimFileSystem();
    files.link = async () => {
      throw Object.assign(new Error("no links here"), { code: "ENOTSUP" });
    };
    const world = newWorld(files, 2);
    expect(wrongWith(world, BATCHES, await runOnce(world, BATCHES))).toBeNull();
  });

  test("without fsync, syncs nothing", async () => {
    const files = new SimFileSystem();
    const kinds = new Set<string>();
    files.onOperation = ({ kind }) => void kinds.add(kind);
    const world = newWorld(files, 2);
    const sum = await runOnce(world, BATCHES, { options: { fsync: false } });
    expect(wrongWith(world, BATCHES, sum)).toBeNull();
    expect([...kinds].filter((kind) => kind.startsWith("sync"))).toEqual([]);
  });
});
