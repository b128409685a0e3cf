import { expect, it } from "vitest";
import type { DataStreamWriter, QueryHandle } from "../../src/index.js";
import { int64, MemoryStream } from "../../src/index.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { until } from "../fakes/test-machine.js";
import { CRASH_QUERIES, type CrashQuery } from "./crash-queries.js";
import { runQuery, sinkContent, withoutHanging } from "./run-query.js";
import { SimMachine } from "./sim-machine.js";
import { World, WorldSink } from "./world-sink.js";

const POINTS = 200;
const WAYS = ["stop()", "AbortSignal", "SIGTERM"] as const;
const STOP_TIMEOUT_MS = 10_000;

it(`a stop at ${POINTS} points leaves nothing to be done again, nothing open, and no lock`, async () => {
  const golden = new Map<string, SimFileSystem>();
  let stoppedEarly = 0;
  for (let point = 0; point < POINTS; point++) {
    const query = CRASH_QUERIES[point % CRASH_QUERIES.length];
    if (!golden.has(query.name)) golden.set(query.name, await finished(query));
    const whole = golden.get(query.name) as SimFileSystem;
    const operation = 1 + Math.floor((point * whole.operations) / POINTS);
    const way = WAYS[point % WAYS.length];
    const where = `${query.name}, ${way} at operation ${operation}`;
    const files = new SimFileSystem();
    await stopAt(query, files, { operation, way, where });
    expect(openBatches(files), where).toEqual([]);
    if (sinkText(files) !== sinkText(whole)) stoppedEarly++;
    expect(await runQuery(query, files, 1), where).toEqual({ kind: "done" });
    expect(sinkText(files), where).toEqual(sinkText(whole));
  }
  expect(stoppedEarly).toBeGreaterThan(POINTS / 2);
});

async function finished(query: CrashQuery): Promise<SimFileSystem> {
  const files = new SimFileSystem();
  expect(await runQuery(query, files)).toEqual({ kind: "done" });
  return files;
}

async function stopAt(
  query: CrashQuery,
  files: SimFileSystem,
  { operation, way, where }: { operation: number; way: (typeof WAYS)[number]; where: string },
): Promise<void> {
  const machine = new SimMachine(files);
  const aborter = new AbortController();
  let running: QueryHandle | null = null;
  const stops = {
    "stop()": () => void running?.stop(),
    AbortSignal: () => aborter.abort(new Error("no longer wanted")),
    SIGTERM: () => machine.interrupt(),
  };
  files.onOperation = ({ number, kind }) => {
    if (number === operation && kind !== "read" && kind !== "names") stops[way]();
  };
  const writer: DataStreamWriter<never> = query.build(machine.session);
  try {
    running = await withoutHanging(writer.signal(aborter.signal).start(), where);
    await withoutHanging(running.awaitTermination(), where);
  } catch (error) {
    // Before it had started.
    expect(String(error), where).toContain("no longer wanted");
  }
  const { keptAlive, interruptListeners, clock } = machine;
  const left = { files: files.openFiles, keptAlive, listeners: interruptListeners.size, sleeping: clock.sleeping };
  expect(left, where).toEqual({ files: 0, keptAlive: 0, listeners: 0, sleeping: 0 });
  expect(lockText(files), where).toMatch(/^$|"released":true/);
}

/** Batches that were begun and not committed. */
function openBatches(files: SimFileSystem): readonly string[] {
  const committed = new Set(
    files
      .paths()
      .filter((path) => path.startsWith("/state/commits/"))
      .map(nameOf),
  );
  const newest = files
    .paths()
    .filter((path) => path.startsWith("/state/offsets/"))
    .map(nameOf)
    .map(Number);
  return newest.filter((batch) => batch >= Math.max(...newest) && !committed.has(String(batch))).map(String);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function lockText(files: SimFileSystem): string {
  const newest = files
    .paths()
    .filter((path) => path.startsWith("/state/locks/"))
    .at(-1);
  return newest === undefined ? "" : new TextDecoder().decode(files.peek(newest));
}

function sinkText(files: SimFileSystem): string {
  return JSON.stringify(sinkContent(files));
}

it("gives a batch that hangs up when the stop timeout is over; the next start runs it, once", async () => {
  const files = new SimFileSystem();
  const world = new World();
  const stream = new MemoryStream({ id: int64() });
  stream.add([{ id: 1n }]);
  class Hanging extends WorldSink {
    override write(): Promise<void> {
      return new Promise(() => {});
    }
  }
  const start = (machine: SimMachine, make: () => WorldSink): Promise<QueryHandle> =>
    machine.session.readStream
      .memory(stream)
      .writeStream.checkpoint("/state")
      .stopTimeout(STOP_TIMEOUT_MS)
      .sink({ label: "world", make })
      .start();
  const machine = new SimMachine(files);
  const query = await start(machine, () => new Hanging(world));
  await until(() => files.paths().includes("/state/offsets/0"), "the batch is begun");
  const stopped = query.stop();
  await until(() => machine.clock.sleeping > 1, "the stop waits");
  await machine.clock.advance(STOP_TIMEOUT_MS - 1);
  expect(query.isActive).toBe(true);
  await machine.clock.advance(1);
  await withoutHanging(stopped);
  expect([query.isActive, query.exception, machine.keptAlive, machine.clock.sleeping]).toEqual([false, null, 0, 0]);
  expect(lockText(files)).toContain('"released":true');
  const next = await start(new SimMachine(files, 1), () => new WorldSink(world));
  await withoutHanging(next.processAllAvailable());
  await next.stop();
  expect(world.deliveries).toHaveLength(1);
});
