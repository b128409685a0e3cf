import { afterAll, describe, expect, it } from "vitest";
import { type CrashModel, SimFileSystem } from "../fakes/sim-file-system.js";
import { CRASH_QUERIES, type CrashQuery } from "./crash-queries.js";
import { runQuery, sinkContent } from "./run-query.js";

const MODELS: readonly CrashModel[] = ["process", "power", "power-subset"];
/** Operations of a recovery are enumerated too, after every so-manieth crash. */
const SECOND_LEVEL_EVERY = 31;

const counts: { query: string; operations: number; states: number; secondLevel: number }[] = [];

afterAll(() => {
  const total = counts.reduce((sum, { states }) => sum + states, 0);
  for (const { query, operations, states, secondLevel } of counts) {
    console.log(
      `${query}: ${operations} crash points, ${states} states, ${secondLevel} of them crashes during recovery`,
    );
  }
  console.log(`${total} states recovered without help`);
  expect(total).toBeGreaterThanOrEqual(3000);
});

describe.each(CRASH_QUERIES)("a crash at every operation of: $name", (query) => {
  it("ends in the same files after a restart", async () => {
    const golden = await goldenRun(query);
    expect(Object.keys(golden.content).length).toBeGreaterThan(2);
    let states = 0;
    let secondLevel = 0;
    for (let k = 1; k <= golden.operations; k++) {
      const crashed = await crashAt(query, new SimFileSystem(), k);
      for (const model of MODELS) {
        await expectRecovery(
          query,
          crashed.afterCrash(model, k),
          `${query.name}, operation ${k}, ${model}`,
          golden.content,
        );
        states++;
      }
      if (k % SECOND_LEVEL_EVERY === 0) secondLevel += await crashRecovery(query, crashed, k, golden.content);
    }
    counts.push({ query: query.name, operations: golden.operations, states: states + secondLevel, secondLevel });
    expect(golden.operations).toBeGreaterThanOrEqual(40);
  });
});

async function goldenRun(
  query: CrashQuery,
): Promise<{ operations: number; content: Readonly<Record<string, string>> }> {
  const files = new SimFileSystem();
  expect(await runQuery(query, files)).toEqual({ kind: "done" });
  return { operations: files.operations, content: sinkContent(files) };
}

async function crashAt(query: CrashQuery, files: SimFileSystem, operation: number, life = 0): Promise<SimFileSystem> {
  files.crashAt(operation);
  await runQuery(query, files, life);
  return files;
}

async function expectRecovery(
  query: CrashQuery,
  files: SimFileSystem,
  where: string,
  content: Readonly<Record<string, string>>,
  life = 1,
): Promise<number> {
  expect(await runQuery(query, files, life), where).toEqual({ kind: "done" });
  expect(sinkContent(files), where).toEqual(content);
  return files.operations;
}

/** Dies again at every operation of the recovery, then recovers. Returns how many states that were. */
async function crashRecovery(
  query: CrashQuery,
  crashed: SimFileSystem,
  k: number,
  content: Readonly<Record<string, string>>,
): Promise<number> {
  const model = MODELS[k % MODELS.length];
  const operations = await expectRecovery(query, crashed.afterCrash(model, k), `${query.name} at ${k}`, content);
  const first = Math.min(operations, 40);
  for (let j = 1; j <= first; j++) {
    const again = await crashAt(query, crashed.afterCrash(model, k), j, 1);
    const where = `${query.name}, operation ${k}, ${model}, then operation ${j} of the recovery`;
    await expectRecovery(query, again.afterCrash(MODELS[j % MODELS.length], j), where, content, 2);
  }
  return first;
}
