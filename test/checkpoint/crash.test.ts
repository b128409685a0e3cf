import { describe, expect, test } from "vitest";
import { type CrashModel, SimCrash, SimFileSystem } from "../fakes/sim-file-system.js";
import { newWorld, rebooted, runOnce, type World, wrongWith } from "./mini-query.js";

/** More than are retained, and past a snapshot. */
const BATCHES = 5;
const SEEDS = 6;

interface Cut {
  readonly model: CrashModel;
  readonly seed: number;
}

const CUTS: readonly Cut[] = [
  { model: "process", seed: 0 },
  { model: "power", seed: 0 },
  ...Array.from({ length: SEEDS }, (_, seed): Cut => ({ model: "power-subset", seed })),
];

/** Runs until the crash; whether there was one. */
async function crashes(world: World, files: SimFileSystem): Promise<boolean> {
  try {
    await runOnce(world, BATCHES);
    return files.hasCrashed;
  } catch (error) {
    if (files.hasCrashed && causedByCrash(error)) return true;
    throw error;
  }
}

function causedByCrash(error: unknown): boolean {
  return error instanceof SimCrash || (error instanceof Error && error.cause instanceof SimCrash);
}

async function expectRecovery(world: World, where: string): Promise<void> {
  let wrong: string | null;
  try {
    wrong = wrongWith(world, BATCHES, await runOnce(world, BATCHES));
  } catch (error) {
    wrong = String(error);
  }
  expect(wrong, where).toBeNull();
}

describe.each([1, 2])("a crash at any operation, %i sink(s)", (sinks) => {
  test("recovery ends with every row once, whatever the crash left", async () => {
    let states = 0;
    for (let at = 1, crashed = true; crashed; at++) {
      const files = new SimFileSystem();
      const world = newWorld(files, sinks);
      files.crashAt(at);
      crashed = await crashes(world, files);
      for (const { model, seed } of CUTS) {
        await expectRecovery(rebooted(world, files.afterCrash(model, seed)), `operation ${at}, ${model} ${seed}`);
        states++;
      }
    }
    expect(states).toBeGreaterThan(1000);
  });

  test("a crash during recovery is recovered from as well", async () => {
    for (let at = 1, crashed = true; crashed; at += 7) {
      const files = new SimFileSystem();
      const world = newWorld(files, sinks);
      files.crashAt(at);
      crashed = await crashes(world, files);
      const { model, seed } = CUTS[at % CUTS.length];
      for (let again = 1, crashedAgain = true; crashedAgain; again += 5) {
        const second = files.afterCrash(model, seed);
        const secondWorld = rebooted(world, second);
        second.crashAt(again);
        crashedAgain = await crashes(secondWorld, second);
        const cut = CUTS[(at + again) % CUTS.length];
        const image = second.afterCrash(cut.model, cut.seed);
        const where = `operations ${at} (${model} ${seed}) and ${again} (${cut.model} ${cut.seed})`;
        await expectRecovery(rebooted(secondWorld, image), where);
      }
    }
  });
});
