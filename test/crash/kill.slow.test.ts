import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Random } from "../laws/cases/random.js";
import { Arrivals } from "./worker/arrivals.js";
import { DirectoryReader } from "./worker/directory-reader.js";
import { Program } from "./worker/program.js";

const KILLS = Number(process.env["KILLS"] ?? 60);
const SEED = Number(process.env["KILL_SEED"] ?? 1);

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-kill-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it(`${KILLS} times kill -9, during recovery too: no row lost, none twice, no torn file`, async () => {
  const random = new Random(SEED);
  const arrivals = new Arrivals(directory, SEED);
  const reader = new DirectoryReader(directory);
  await arrivals.open();
  const ends = new Map<string, number>();
  let batches = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const program = new Program(directory);
    const when = await killed(program, { random, arrivals, reader });
    ends.set(when, (ends.get(when) ?? 0) + 1);
    batches += program.batches;
    expect([program.errors, program.end], `KILL_SEED=${SEED}, kill ${kill}`).toEqual(["", "killed"]);
    await reader.look();
  }
  await arrivals.finish();
  const last = new Program(directory);
  await last.until("running");
  last.drain();
  expect(await last.exit(), last.errors).toBe("ended");
  await reader.look();
  const counts = reader.counts();
  const wrong = Array.from({ length: arrivals.ids }, (_, id) => id).filter((id) => counts.get(id) !== 2);
  console.log(`${KILLS} kills ${JSON.stringify([...ends])}, ${batches} batches between, ${2 * arrivals.ids} rows`);
  expect({ wrong, ids: counts.size, faults: reader.faults }, `KILL_SEED=${SEED}`).toEqual({
    wrong: [],
    ids: arrivals.ids,
    faults: [],
  });
});

/** Lets a program run while files arrive, and kills it. Tells in which part of its life. */
async function killed(
  program: Program,
  { random, arrivals, reader }: { random: Random; arrivals: Arrivals; reader: DirectoryReader },
): Promise<string> {
  const part = random.weighted([
    [1, "opening" as const],
    [3, "running" as const],
  ]);
  await program.until(part);
  const files = part === "opening" ? 0 : random.int(1, 6);
  for (let i = 0; i < files; i++) {
    await arrivals.add();
    await wait(random.int(0, 15));
    await reader.look();
  }
  await wait(random.next() * 40);
  await program.kill();
  return part;
}
