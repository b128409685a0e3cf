import { describe, expect, it } from "vitest";
import type { Sink } from "../../src/sinks/sink.js";
import { fileSink } from "../contracts/file-sink-case.js";
import { batchOf, permitOf, shapeOf, stage } from "../contracts/sink-contract.js";
import { type CrashModel, SimCrash, type SimFault, SimFileSystem } from "../fakes/sim-file-system.js";

const BATCHES = 2;
const expected = Array.from({ length: BATCHES }, (_, batch) => rowsOfBatch(batch).map(({ n }) => Number(n))).flat();

/** Two partitions, one of them with two files. */
function rowsOfBatch(batch: number) {
  return ["a", "b", "a"].map((key, i) => ({ key, n: BigInt(10 * batch + i) }));
}

function sinkOn(files: SimFileSystem): Sink {
  return fileSink("deep/out", { files, partitionBy: ["key"], maxRowsPerFile: 1 });
}

/** What the engine remembers durably: the batch that runs, by which attempt, and the newest one that was acknowledged. */
interface Engine {
  batch: number;
  attempt: number;
  acknowledged: number;
}

function newEngine(): Engine {
  return { batch: 0, attempt: 0, acknowledged: -1 };
}

/** Runs all batches that are left, as the engine does: what the sink has is taken, else the attempt is aborted and another one made. */
async function run(files: SimFileSystem, engine: Engine): Promise<void> {
  const sink = sinkOn(files);
  await sink.open("query", "sink", shapeOf("append"));
  const committed = await sink.committed();
  expect(committed?.batch ?? -1).toBeGreaterThanOrEqual(engine.acknowledged);
  expect(committed?.batch ?? -1).toBeLessThanOrEqual(engine.batch);
  if (committed?.batch === engine.batch) {
    expect(committed.attempt).toBe(engine.attempt);
    acknowledge(engine);
  } else {
    await sink.abort(engine.attempt);
    engine.attempt++;
  }
  while (engine.batch < BATCHES) {
    await stage(sink, engine, [batchOf(rowsOfBatch(engine.batch))]);
    await sink.commit(permitOf(engine.batch, engine.attempt));
    acknowledge(engine);
  }
  await sink.close();
}

function acknowledge(engine: Engine): void {
  engine.acknowledged = engine.batch;
  engine.batch++;
  engine.attempt++;
}

/** What somebody reads who lists the directory: never a torn file. */
function visibleRows(files: SimFileSystem): number[] {
  const paths = files.paths().filter((path) => !/\/[_.]/.test(path));
  const text = paths.map((path) => new TextDecoder().decode(files.peek(path))).join("");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { n: number }).n)
    .sort((a, b) => a - b);
}

function expectNoRepeats(files: SimFileSystem): void {
  const rows = visibleRows(files);
  expect(new Set(rows).size).toBe(rows.length);
}

/** Also that nothing of dead attempts is left once the directory has been opened again. */
async function expectComplete(files: SimFileSystem): Promise<void> {
  expect(visibleRows(files)).toEqual(expected);
  await sinkOn(files).open("query", "sink", shapeOf("append"));
  const hidden = files.paths().filter((path) => path.includes("/_staging/"));
  expect(hidden).toEqual([]);
}

/** The disk at the crash and what the engine knew; null: it ran to its end. */
async function crashedRun(operation: number, start = new SimFileSystem(), engine = newEngine()) {
  start.crashAt(operation);
  try {
    await run(start, engine);
    return null;
  } catch (error) {
    if (!start.hasCrashed) throw error;
    expect(error instanceof SimCrash || (error as Error).cause instanceof SimCrash).toBe(true);
    return { files: start, engine };
  }
}

const MODELS: readonly { model: CrashModel; seeds: number }[] = [
  { model: "process", seeds: 1 },
  { model: "power", seeds: 1 },
  { model: "power-subset", seeds: 6 },
];

describe("the process dies at any change of the disk", () => {
  for (const { model, seeds } of MODELS) {
    it(`every row is there once after a restart (${model})`, async () => {
      let states = 0;
      for (let operation = 1; ; operation++) {
        const crash = await crashedRun(operation);
        if (crash === null) break;
        for (let seed = 0; seed < seeds; seed++) {
          const left = crash.files.afterCrash(model, seed);
          expectNoRepeats(left);
          await run(left, { ...crash.engine });
          await expectComplete(left);
          states++;
        }
      }
      expect(states).toBeGreaterThan(45 * seeds);
    });
  }

  it("and a second time while it recovers", async () => {
    let states = 0;
    for (let operation = 1; ; operation++) {
      const first = await crashedRun(operation);
      if (first === null) break;
      for (const model of ["process", "power"] as const) {
        // Every fourth place, beginning at another one each time.
        for (let again = 1 + (operation % 4); again <= 24; again += 4) {
          const second = await crashedRun(again, first.files.afterCrash(model), { ...first.engine });
          if (second === null) break;
          const left = second.files.afterCrash(model);
          expectNoRepeats(left);
          await run(left, second.engine);
          await expectComplete(left);
          states++;
        }
      }
    }
    expect(states).toBeGreaterThan(250);
  });
});

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

/** As a query that fails: the attempt is aborted on the same files, which may fail, too. */
async function failingRun(files: SimFileSystem, engine: Engine): Promise<unknown> {
  try {
    await run(files, engine);
    return null;
  } catch (error) {
    const sink = sinkOn(files);
    await sink.abort(engine.attempt).catch(() => {});
    return error;
  }
}

describe("a call fails, once or from then on", () => {
  for (const fault of FAULTS) {
    it(`${fault}: the error names file and batch, and every row is there once after a restart`, async () => {
      for (const isSticky of [false, true]) {
        for (let operation = 1; ; operation++) {
          const files = new SimFileSystem();
          const engine = newEngine();
          files.failAt(operation, fault, isSticky);
          const error = await failingRun(files, engine);
          if (error === null && files.operations < operation) break;
          if (error !== null) {
            expect(error).toMatchObject({ code: "SINK_STORAGE", cause: { code: fault } });
            expect((error as Error).message).toMatch(/deep/);
            expectNoRepeats(files);
            const next = files.afterCrash("process");
            await run(next, engine);
            await expectComplete(next);
          } else {
            await expectComplete(files);
          }
        }
      }
    });
  }

  it("reads that fail do no harm", async () => {
    for (const fault of ["EIO", "EACCES"] as const) {
      for (let operation = 1; ; operation++) {
        const files = new SimFileSystem();
        const engine = newEngine();
        files.failReadAt(operation, fault);
        const error = await failingRun(files, engine);
        if (error === null && files.readOperations < operation) break;
        if (error !== null) expect(error).toMatchObject({ code: "SINK_STORAGE" });
        const next = files.afterCrash("process");
        await run(next, engine);
        await expectComplete(next);
      }
    }
  });

  it("names the batch", async () => {
    const files = new SimFileSystem();
    const sink = sinkOn(files);
    await sink.open("query", "sink", shapeOf("append"));
    files.failAt(files.operations + 4, "ENOSPC");
    await expect(stage(sink, { batch: 7, attempt: 0 }, [batchOf(rowsOfBatch(7))])).rejects.toThrow(
      /SINK_STORAGE.*_staging\/7-0\/part-0000000007.*in batch 7.*ENOSPC/,
    );
  });
});
