import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TRIGGERS = Number(process.env["MEMORY_TRIGGERS"] ?? 3000);
const WARM_UP = TRIGGERS / 3;
const MIB = 2 ** 20;
/** A trigger has 100 keys: one byte kept of each is 100. */
const MOST_KEPT_PER_TRIGGER = { rss: 4096, heap: 1024, state: 10 };

interface Sample {
  readonly batch: number;
  readonly rss: number;
  readonly heap: number;
  readonly state: number;
  readonly groups: number;
}

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-memory-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A process of its own, on the built package: what it takes is the query's alone. */
async function run<T>(program: string, ...args: readonly string[]): Promise<T> {
  const path = fileURLToPath(new URL(`worker/${program}`, import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--no-warnings", "--expose-gc", path, ...args],
    { cwd: root },
  );
  expect(stderr).toBe("");
  return JSON.parse(stdout) as T;
}

/** Least squares: how much a number grows per trigger. */
function slope(samples: readonly Sample[], what: keyof Sample): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(samples.map(({ batch }) => batch));
  const y = mean(samples.map((sample) => sample[what]));
  const above = samples.reduce((sum, sample) => sum + (sample.batch - x) * (sample[what] - y), 0);
  return above / samples.reduce((sum, { batch }) => sum + (batch - x) ** 2, 0);
}

it("ends a query with ten million keys at the limit of its state; the process goes on", async () => {
  const end = await run<{
    code: string | null;
    batches: number;
    given: number;
    bytes: number;
    groups: number;
    rssBytes: number;
    after: number[];
  }>("endless-keys.mjs");
  console.log(`${end.groups} keys took ${end.bytes} bytes of state, ${end.rssBytes} in all`);
  expect(end.code).toBe("STATE_LIMIT_EXCEEDED");
  expect(end.batches).toBeGreaterThan(10);
  expect(end.given).toBeLessThan(10_000_000);
  expect(end.groups).toBe(end.batches * 100_000);
  expect(end.bytes).toBeLessThanOrEqual(256 * MIB);
  expect(end.rssBytes).toBeLessThan(1024 * MIB);
  expect(end.after).toEqual([2, 1]);
});

it(`takes no more memory after ${TRIGGERS} triggers than after ${WARM_UP}, when keys expire`, async () => {
  const { samples, rows } = await run<{ samples: Sample[]; rows: number }>(
    "expiring-keys.mjs",
    join(directory, "state"),
    String(TRIGGERS),
  );
  expect(rows).toBeGreaterThan(TRIGGERS * 90);
  const warm = samples.filter(({ batch }) => batch > WARM_UP);
  expect(warm.length).toBeGreaterThanOrEqual((TRIGGERS - WARM_UP) / 100);
  const kept = { rss: slope(warm, "rss"), heap: slope(warm, "heap"), state: slope(warm, "state") };
  console.log(`bytes kept per trigger: ${JSON.stringify(kept)}, after ${rows} groups`);
  expect(kept.rss).toBeLessThan(MOST_KEPT_PER_TRIGGER.rss);
  expect(kept.heap).toBeLessThan(MOST_KEPT_PER_TRIGGER.heap);
  expect(kept.state).toBeLessThan(MOST_KEPT_PER_TRIGGER.state);
  expect(Math.max(...warm.map(({ groups }) => groups))).toBeLessThan(5000);
});
