import { describe, expect, it } from "vitest";
import type { QueryHandle } from "../../src/index.js";
import { count, int64, MemoryStream, now, timestamp, window } from "../../src/index.js";
import { rowsOf } from "../fakes/rows-of.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { settle, until } from "../fakes/test-machine.js";
import { withoutHanging } from "./run-query.js";
import { SimMachine } from "./sim-machine.js";
import { World, WorldSink } from "./world-sink.js";

const START = Date.UTC(2024, 0, 1);
const HOUR = 3_600_000;
const INTERVAL = 10_000;
/** Where somebody sets the clock. */
const JUMPS = {
  "an hour on": START + HOUR,
  "an hour back": START - HOUR,
  "a day back": START - 24 * HOUR,
  "to 1970": 0,
  "to 2262": Date.UTC(2262, 3, 11),
};

function machineAt(ms: number, files = new SimFileSystem(), life = 0): SimMachine {
  const machine = new SimMachine(files, life);
  machine.clock.set(ms);
  return machine;
}

function batchTimes(files: SimFileSystem): number[] {
  const names = files.paths().filter((path) => path.startsWith("/state/offsets/"));
  const texts = names.map((path) => new TextDecoder().decode(files.peek(path)));
  const times = texts.map((text) => /"batch":(\d+).*"batchTimeMs":(-?\d+)/s.exec(text) ?? []);
  return times
    .map(([, batch, ms]) => [Number(batch), Number(ms)])
    .sort(([a], [b]) => a - b)
    .map(([, ms]) => ms);
}

describe.each(Object.entries(JUMPS))("the clock jumps %s", (_, target) => {
  it.each(["between triggers", "during a trigger"])(
    "%s: the time of batches never goes back, nor over a restart",
    async (when) => {
      const files = new SimFileSystem();
      const world = new World();
      const stream = new MemoryStream({ id: int64() });
      const start = ({ session }: SimMachine, sink: () => WorldSink): Promise<QueryHandle> =>
        session.readStream
          .memory(stream)
          .withColumn("time", now())
          .writeStream.checkpoint("/state")
          .sink({ label: "world", make: sink })
          .start();
      for (const [life, ms] of [START, target, START + 1000].entries()) {
        const machine = machineAt(ms, files, life);
        const { clock } = machine;
        const onCommit = (): void => clock.set(clock.now() === ms ? target : START);
        const query = await start(
          machine,
          () => new WorldSink(world, { idempotent: true, ...(when === "during a trigger" ? { onCommit } : {}) }),
        );
        for (const id of [1n, 2n, 3n]) {
          stream.add([{ id }]);
          await withoutHanging(query.processAllAvailable());
          if (when === "between triggers") clock.set(id === 1n ? target : START);
        }
        await query.stop();
      }
      const times = batchTimes(files);
      expect(times).toHaveLength(9);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const seen = world.deliveries.flatMap(({ batches }) => rowsOf(batches.map(({ chunk }) => chunk)));
      expect(seen.map(({ time }) => Date.parse(String(time)))).toEqual(times);
    },
  );

  it("neither stops nor hurries triggers that come at an interval", async () => {
    const { session, clock } = machineAt(START + 3_000);
    // There are always rows, so that nothing but the interval holds a trigger back.
    const writer = session.readStream.rateMicroBatch({ rowsPerBatch: 1 }).writeStream.memory("t");
    const query = await writer.trigger({ processingTime: `${INTERVAL} milliseconds` }).start();
    const triggers = (): number => query.recentProgress.length;
    await until(() => triggers() === 1, "the first trigger");
    clock.set(target + 5_000);
    for (let intervals = 1; intervals <= 6; intervals++) {
      await settle();
      expect(triggers()).toBe(intervals);
      await clock.advance(INTERVAL);
      await until(() => triggers() > intervals, `the trigger after ${intervals} intervals`);
      if (intervals === 3) clock.set(START + 3_000);
    }
    await settle();
    expect(triggers()).toBe(7);
    await withoutHanging(query.stop());
    expect(clock.sleeping).toBe(0);
  });
});

it("a source is not idle because the clock jumped back", async () => {
  for (const back of [HOUR, 24 * HOUR, START]) {
    const { session, clock } = machineAt(START);
    const stream = new MemoryStream({ at: timestamp() }, { partitions: ["a", "b"] });
    const query = await session.readStream
      .memory(stream)
      .withWatermark("at", "0 seconds", { idleTimeout: "10 seconds" })
      .groupBy(window("at", "1 minute"))
      .agg({ n: count() })
      .writeStream.memory("t")
      .start();
    const [early, late] = [START + 60_000, START + 3_600_000];
    stream.add([{ at: new Date(early) }], { partition: "a" });
    stream.add([{ at: new Date(late) }], { partition: "b" });
    await withoutHanging(query.processAllAvailable());
    const watermark = (): number => Date.parse(query.lastProgress?.eventTime.watermark ?? "");
    expect(watermark()).toBe(early);
    clock.jump(-back);
    await settle();
    stream.add([{ at: new Date(late) }], { partition: "b" });
    await withoutHanging(query.processAllAvailable());
    await clock.advance(9_000);
    await settle();
    expect([watermark(), query.recentProgress.length]).toEqual([early, 2]);
    await withoutHanging(query.stop());
  }
});
