import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Checkpoint } from "../../src/checkpoint/checkpoint.js";
import { decideRecovery } from "../../src/checkpoint/decide-recovery.js";
import { nodePlatform } from "../../src/common/node-platform.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { fillCheckpoint, mostFiles } from "./fill-checkpoint.js";
import { newWorld, OPTIONS, openRun } from "./mini-query.js";

const RETAIN = 100;
const BATCHES = 2000;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "checkpoint-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

test("2,000 durable batches on the real file system, over a restart: few files, and a sound recovery", async () => {
  for (let from = 0; from < BATCHES; from += BATCHES / 2) {
    const signal = new AbortController().signal;
    const options = { ...OPTIONS, directory: join(directory, "deep/checkpoint"), retainBatches: RETAIN };
    const checkpoint = await Checkpoint.open(nodePlatform, options, signal);
    const decision = decideRecovery(await checkpoint.facts([]));
    expect(decision).toMatchObject(from === 0 ? { kind: "fresh" } : { kind: "resume", after: { batch: from - 1 } });
    await fillCheckpoint(checkpoint, { from, to: from + BATCHES / 2, snapshotEvery: 40 }, () => {});
    await checkpoint.close();
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    expect(entries.filter((entry) => entry.isFile()).length).toBeLessThanOrEqual(mostFiles(RETAIN));
  }
});

test("100,000 batches on a simulated disk leave no more files than promised, at any time", async () => {
  const files = new SimFileSystem();
  const world = newWorld(files, 0);
  let most = 0;
  for (let from = 0; from < 100_000; from += 20_000) {
    const run = await openRun(world, { options: { retainBatches: RETAIN } });
    await fillCheckpoint(run.checkpoint, { from, to: from + 20_000, snapshotEvery: 40 }, (batch) => {
      if (batch % 61 === 0) most = Math.max(most, files.paths().length);
    });
    run.kill();
  }
  expect(most).toBeLessThanOrEqual(mostFiles(RETAIN));
  expect(most).toBeGreaterThan(RETAIN * 3);
});
