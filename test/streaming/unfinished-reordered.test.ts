import { expect, it } from "vitest";
import { MemoryStream, type Session, timestamp, window } from "../../src/index.js";
import { SimMachine } from "../crash/sim-machine.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";

const at = (second: number): Date => new Date(second * 1000);

/** Windows over two named sources, written in either order; a sink that fails when it is told to. */
function start(session: Session, order: readonly ["a", "b"] | readonly ["b", "a"], streams: Streams, sink: Sink) {
  const read = (name: "a" | "b") =>
    session.readStream.name(name).memory(streams[name]).withWatermark("at", "1 second", { idleTimeout: "10 seconds" });
  return read(order[0])
    .union(read(order[1]))
    .groupBy(window("at", "10 seconds"))
    .count()
    .writeStream.outputMode("append")
    .checkpoint("/state")
    .foreachBatch(async (batch, batchId) => {
      if (sink.fails) throw new Error("down");
      for (const row of await batch.collect()) sink.rows.push([batchId, row["count"]]);
    })
    .start();
}

interface Sink {
  fails: boolean;
  readonly rows: unknown[];
}

interface Streams {
  readonly a: MemoryStream<{ at: ReturnType<typeof timestamp> }>;
  readonly b: MemoryStream<{ at: ReturnType<typeof timestamp> }>;
}

it.each([[["a", "b"] as const], [["b", "a"] as const]])(
  "an unfinished batch knows who was idle, whatever the order of its sources: %s",
  async (order) => {
    const { session, clock } = new SimMachine(new SimFileSystem());
    const streams = { a: new MemoryStream({ at: timestamp() }), b: new MemoryStream({ at: timestamp() }) };
    const sink: Sink = { fails: false, rows: [] };
    streams.a.add([{ at: at(1) }]);
    streams.b.add([{ at: at(1) }]);
    const first = await start(session, ["a", "b"], streams, sink);
    await first.processAllAvailable();
    // Source a says nothing for longer than its timeout; b goes on, in a batch that fails.
    await clock.advance(20_000);
    sink.fails = true;
    streams.b.add([{ at: at(60) }]);
    await expect(first.awaitTermination()).rejects.toThrow("down");
    sink.fails = false;
    const second = await start(session, order, streams, sink);
    await second.processAllAvailable();
    await second.stop();
    // In the batch that failed, not in one after it.
    expect(sink.rows).toEqual([[1, 2]]);
  },
);
