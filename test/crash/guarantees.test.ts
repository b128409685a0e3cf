import { expect, it } from "vitest";
import type { DataFrame, Guarantee, Session } from "../../src/index.js";
import { int64, MemoryStream } from "../../src/index.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { rowsOfChunk } from "../laws/harness.js";
import { withoutHanging } from "./run-query.js";
import { SimMachine } from "./sim-machine.js";
import { World, WorldSink } from "./world-sink.js";

const ROWS = 5;

interface Scene {
  readonly level: Guarantee;
  readonly idempotent: boolean;
  readonly replayable: boolean;
  readonly when: "before" | "after";
}

const SCENES: readonly Scene[] = (["before", "after"] as const).flatMap((when) => [
  { level: "exactly-once", idempotent: true, replayable: true, when },
  { level: "at-least-once", idempotent: true, replayable: true, when },
  { level: "at-least-once", idempotent: false, replayable: true, when },
  { level: "at-most-once", idempotent: true, replayable: true, when },
  { level: "at-most-once", idempotent: false, replayable: true, when },
  { level: "at-most-once", idempotent: true, replayable: false, when },
  { level: "at-most-once", idempotent: false, replayable: false, when },
]);

it.each(SCENES)(
  "$level holds when the process dies $when a commit takes effect; idempotent: $idempotent, replayable: $replayable",
  async (scene) => {
    // How many batches an input that cannot be read again makes depends on how fast it comes.
    for (let batch = 0; batch < (scene.replayable ? ROWS : 1); batch++) {
      const counts = await crashIn(scene, batch);
      const missing = counts.filter((count) => count === 0).length;
      const repeated = counts.filter((count) => count > 1).length;
      const where = `killed in batch ${batch}: ${counts.join()}`;
      if (scene.level !== "at-most-once") expect(missing, where).toBe(0);
      if (scene.level !== "at-least-once") expect(repeated, where).toBe(0);
      if (scene.replayable) expect(missing + repeated, where).toBeLessThanOrEqual(1);
    }
  },
);

/** Runs until the process dies in that batch, then to the end. How often each row has arrived. */
async function crashIn(scene: Scene, batch: number): Promise<readonly number[]> {
  const world = new World();
  const input = inputOf(scene);
  const files = new SimFileSystem();
  const die = (at: number, when: "before" | "after"): void => {
    if (at !== batch || when !== scene.when) return;
    files.crashAt(files.operations + 1);
    throw new Error("killed");
  };
  await expect(
    run(scene, new SimMachine(files), { input, sink: () => new WorldSink(world, { ...scene, onCommit: die }) }),
  ).rejects.toThrow();
  const next = new SimMachine(files.afterCrash("process"), 1);
  await run(scene, next, { input, sink: () => new WorldSink(world, scene) });
  const counts = Array.from({ length: ROWS }, () => 0);
  for (const { batches } of world.deliveries) {
    for (const { chunk } of batches) for (const [id] of rowsOfChunk(chunk)) counts[Number(id)]++;
  }
  return counts;
}

async function run(
  { level }: Scene,
  { session }: SimMachine,
  { input, sink }: { input: (session: Session) => DataFrame<unknown>; sink: () => WorldSink },
): Promise<void> {
  const query = await input(session)
    .writeStream.trigger({ availableNow: true })
    .option("maxRowsPerTrigger", 1)
    .checkpoint("/state")
    .guarantee(level)
    .sink({ label: "world", make: sink })
    .start();
  expect(query.guarantee.level).toBe(level);
  await withoutHanging(query.awaitTermination());
}

/** Rows that can be read again, or that are gone once somebody has taken them. */
function inputOf({ replayable }: Scene): (session: Session) => DataFrame<unknown> {
  const rows = Array.from({ length: ROWS }, (_, id) => ({ id: BigInt(id) }));
  if (!replayable) {
    const take = function* () {
      for (let row = rows.shift(); row !== undefined; row = rows.shift()) yield row;
    };
    return (session) =>
      session.readStream.schema({ id: int64() }).from(take(), { maxBacklogRows: 1 }) as DataFrame<unknown>;
  }
  const stream = new MemoryStream({ id: int64() });
  for (const row of rows) stream.add([row]);
  return (session) => session.readStream.memory(stream) as DataFrame<unknown>;
}
