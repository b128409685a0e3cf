import { expect, it } from "vitest";
import { MillraceError } from "../../src/common/millrace-error.js";
import { PausedFileSystem } from "../fakes/paused-file-system.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { until } from "../fakes/test-machine.js";
import { Random } from "../laws/cases/random.js";
import { CRASH_QUERIES, type CrashQuery } from "./crash-queries.js";
import { type RunEnd, runOn, runQuery, sinkContent } from "./run-query.js";
import { SimMachine } from "./sim-machine.js";

const ROUNDS = Number(process.env["ZOMBIE_ROUNDS"] ?? 50);
const SEED = Number(process.env["ZOMBIE_SEED"] ?? 1);
/** Calls of a whole run, about. */
const CALLS = 450;

it(`${ROUNDS} zombies in the simulation: stopped at any call, awakened while or after another runs: the output is exact`, async () => {
  const random = new Random(SEED);
  const golden = new Map<string, Readonly<Record<string, string>>>();
  const fates = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const query = random.pick(CRASH_QUERIES);
    const files = new SimFileSystem();
    const where = `ZOMBIE_SEED=${SEED}, round ${round}, ${query.name}`;
    const fate = await takeOver(query, files, random);
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    expect(fate, where).toMatch(/^(done|CONCURRENT_RUN), then (done|CONCURRENT_RUN)$/);
    expect(await runQuery(query, files, 2), `${where}: ${fate}`).toEqual({ kind: "done" });
    if (!golden.has(query.name)) golden.set(query.name, await goldenContent(query));
    expect(sinkContent(files), `${where}: ${fate}`).toEqual(golden.get(query.name));
  }
  expect(fates.get("CONCURRENT_RUN, then done") ?? 0, JSON.stringify([...fates])).toBeGreaterThan(ROUNDS / 3);
});

/** One process stops; another takes over, and may stop too: then the first goes on before it. How both ended. */
async function takeOver(query: CrashQuery, files: SimFileSystem, random: Random): Promise<string> {
  const ends: RunEnd[] = [];
  const launch = (
    life: number,
    at: number,
  ): { paused: PausedFileSystem; ended: Promise<void>; isStill: () => boolean } => {
    const paused = new PausedFileSystem(files, at);
    let isOver = false;
    const ended = runOn(query, files, new SimMachine(paused.files, life)).then((end) => {
      ends[life] = end;
      isOver = true;
    });
    return { paused, ended, isStill: () => isOver || paused.isPaused };
  };
  const zombie = launch(0, random.int(1, CALLS));
  await until(zombie.isStill, "the first stands still");
  const survivor = launch(1, random.chance(0.5) ? random.int(1, CALLS) : Number.POSITIVE_INFINITY);
  await until(survivor.isStill, "the second stands still");
  zombie.paused.resume();
  await zombie.ended;
  survivor.paused.resume();
  await survivor.ended;
  return ends.map(fateOf).join(", then ");
}

async function goldenContent(query: CrashQuery): Promise<Readonly<Record<string, string>>> {
  const files = new SimFileSystem();
  expect(await runQuery(query, files)).toEqual({ kind: "done" });
  return sinkContent(files);
}

function fateOf(end: RunEnd): string {
  if (end.kind !== "failed") return end.kind;
  return end.error instanceof MillraceError ? end.error.code : end.error.message;
}
