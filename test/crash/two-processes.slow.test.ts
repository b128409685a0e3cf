import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Random } from "../laws/cases/random.js";
import { Arrivals } from "./worker/arrivals.js";
import { DirectoryReader } from "./worker/directory-reader.js";
import { Program, type ProgramOptions } from "./worker/program.js";

const ROUNDS = Number(process.env["ZOMBIE_ROUNDS"] ?? 10);
const SEED = Number(process.env["ZOMBIE_SEED"] ?? 1);

let directory = "";
let arrivals: Arrivals;
let started: Program[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-two-"));
  started = [];
  arrivals = new Arrivals(directory, SEED);
  await arrivals.open();
});
afterEach(async () => {
  for (const program of started) await program.kill();
  await rm(directory, { recursive: true, force: true });
});

async function run(options: ProgramOptions = {}): Promise<Program> {
  const program = new Program(directory, options);
  started.push(program);
  await program.until("opening");
  return program;
}

async function batch(program: Program): Promise<void> {
  const done = program.batchesMore(1);
  await arrivals.add();
  await done;
}

async function expectExact(last: Program): Promise<void> {
  await arrivals.finish();
  last.drain();
  expect(await last.exit(), last.errors).toBe("ended");
  const reader = new DirectoryReader(directory);
  await reader.look();
  const counts = reader.counts();
  const wrong = Array.from({ length: arrivals.ids }, (_, id) => id).filter((id) => counts.get(id) !== 2);
  expect({ wrong, faults: reader.faults }, `ZOMBIE_SEED=${SEED}`).toEqual({ wrong: [], faults: [] });
}

it("refuses a second process, which changes nothing for the first", async () => {
  const first = await run();
  await first.until("running");
  await batch(first);
  const second = await run();
  expect(await second.exit()).toMatch(/^CHECKPOINT_LOCKED .*in use by process \d+ on /);
  await batch(first);
  await expectExact(first);
});

it("standby waits, and takes over from a process that was killed", async () => {
  const first = await run();
  await first.until("running");
  const second = await run({ standby: true });
  await batch(first);
  await wait(1500);
  expect(second.end).toBeNull();
  expect(second.batches).toBe(0);
  await first.kill();
  await second.until("running");
  await batch(second);
  await expectExact(second);
});

it(`${ROUNDS} zombies: stopped anywhere, replaced, awakened: they end with CONCURRENT_RUN, and the output is exact`, async () => {
  const random = new Random(SEED);
  const fates: string[] = [];
  let owner = await run();
  await owner.until("running");
  for (let round = 0; round < ROUNDS; round++) {
    await arrivals.add();
    await wait(random.next() * 60);
    owner.stand();
    const zombie = owner;
    owner = await run({ forceUnlock: true });
    await owner.until("running");
    await batch(owner);
    zombie.walk();
    await batch(owner);
    fates.push(await zombie.exit());
    expect(zombie.errors, `ZOMBIE_SEED=${SEED}, round ${round}`).toBe("");
  }
  await expectExact(owner);
  expect(fates.map((fate) => fate.slice(0, fate.indexOf(" ")))).toEqual(fates.map(() => "CONCURRENT_RUN"));
});
