import { afterEach, expect, it } from "vitest";
import type { QueryHandle } from "../../src/index.js";
import { int64, MemoryStream } from "../../src/index.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { until } from "../fakes/test-machine.js";
import { rowsOfChunk } from "../laws/harness.js";
import { withoutHanging } from "./run-query.js";
import { SimMachine } from "./sim-machine.js";
import { World, WorldSink } from "./world-sink.js";

const BACKOFF_MS = 1000;

let machine: SimMachine;
let query: QueryHandle | null = null;
afterEach(async () => {
  await query?.stop();
});

/** A query whose sink fails as often as `failures` says, by batch. */
async function start(
  times: number,
  failures: ReadonlyMap<number, number>,
): Promise<{ stream: MemoryStream; world: World; query: QueryHandle }> {
  const world = new World();
  const left = new Map(failures);
  machine = new SimMachine(new SimFileSystem());
  const stream = new MemoryStream({ id: int64() });
  const onCommit = (batch: number, when: "before" | "after"): void => {
    const rest = left.get(batch) ?? 0;
    if (when === "after" || rest === 0) return;
    left.set(batch, rest - 1);
    throw new Error(`the sink fails in batch ${batch}`);
  };
  query = await machine.session.readStream
    .memory(stream)
    .writeStream.checkpoint("/state")
    .option("maxRowsPerTrigger", 1)
    .restart({ times, backoff: BACKOFF_MS })
    .sink({ label: "world", make: () => new WorldSink(world, { idempotent: true, onCommit }) })
    .start();
  return { stream: stream as unknown as MemoryStream, world, query };
}

function add(stream: MemoryStream, count: number): void {
  for (let id = 0; id < count; id++) stream.add([{ id: BigInt(id) }]);
}

function idsIn(world: World): readonly number[] {
  return world.deliveries.flatMap(({ batches }) =>
    batches.flatMap(({ chunk }) => rowsOfChunk(chunk).map(([id]) => Number(id))),
  );
}

/** Time passes until the promise is settled. */
async function passing<T>(work: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = work.finally(() => {
    isSettled = true;
  });
  settled.catch(() => {});
  for (let i = 0; i < 1000 && !isSettled; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    await machine.clock.advance(BACKOFF_MS);
  }
  return withoutHanging(settled);
}

it("opens a failed query again from its checkpoint: processAllAvailable waits over it, and every row arrives once", async () => {
  const { stream, world, query } = await start(
    2,
    new Map([
      [1, 2],
      [3, 1],
    ]),
  );
  add(stream, 5);
  await passing(query.processAllAvailable());
  expect(idsIn(world)).toEqual([0, 1, 2, 3, 4]);
  expect(query.exception).toBeNull();
  expect(machine.warnings.filter((text) => text.includes("the sink fails"))).toHaveLength(3);
});

it("gives up after so many failures in a row, and tells the error", async () => {
  const { stream, world, query } = await start(2, new Map([[1, 3]]));
  add(stream, 3);
  await expect(passing(query.processAllAvailable())).rejects.toThrow("the sink fails in batch 1");
  await expect(query.awaitTermination()).rejects.toThrow("the sink fails in batch 1");
  expect(idsIn(world)).toEqual([0]);
  expect(query.isActive).toBe(false);
  expect(machine.keptAlive).toBe(0);
});

it("counts from the beginning once a trigger has gone through", async () => {
  const { stream, world, query } = await start(
    1,
    new Map([
      [0, 1],
      [1, 1],
      [2, 1],
    ]),
  );
  add(stream, 3);
  await passing(query.processAllAvailable());
  expect(idsIn(world)).toEqual([0, 1, 2]);
});

it("is stopped in the wait before it would open again, and gives the lock back", async () => {
  const { stream, query } = await start(5, new Map([[0, 1]]));
  add(stream, 1);
  await until(() => query.status.message === "Waiting to restart");
  await withoutHanging(query.stop());
  expect(query.isActive).toBe(false);
  expect(machine.keptAlive).toBe(0);
  const again = await machine.session.readStream
    .memory(stream)
    .writeStream.checkpoint("/state")
    .sink({ label: "world", make: () => new WorldSink(new World()) })
    .start();
  await withoutHanging(again.stop());
});
