import { describe, expect, test } from "vitest";
import type { DataFrame } from "../../src/dataframe/data-frame.js";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { window } from "../../src/expressions/functions/window.js";
import type { QueryHandle } from "../../src/plan/engine.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { int64, timestamp } from "../../src/types/type-constructors.js";
import { at, settle, TestMachine, until } from "../fakes/test-machine.js";

function numbers(): MemoryStream<{ n: ReturnType<typeof int64> }> {
  return new MemoryStream({ n: int64() });
}

function inputRows(query: QueryHandle): number[] {
  return query.recentProgress.map((progress) => progress.numInputRows);
}

async function table(machine: TestMachine, name: string): Promise<unknown[]> {
  return machine.session.table(name).collect();
}

describe("as soon as possible", () => {
  test("everything added before a trigger is one trigger; without data there is none", async () => {
    const machine = new TestMachine();
    const stream = numbers()
      .add([{ n: 1 }])
      .add([{ n: 2 }, { n: 3 }]);
    const query = await machine.session.readStream.memory(stream).writeStream.memory("t").start();
    await query.processAllAvailable();
    expect(inputRows(query)).toEqual([3]);
    await query.processAllAvailable();
    await machine.clock.advance(3_600_000);
    await settle();
    expect(inputRows(query)).toEqual([3]);
    stream.add([{ n: 4 }]);
    await query.processAllAvailable();
    expect(inputRows(query)).toEqual([3, 1]);
    expect(await table(machine, "t")).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    await query.stop();
  });

  test("a source that always has rows lets the event loop have its turn", async () => {
    const machine = new TestMachine();
    const frame = machine.session.readStream.rateMicroBatch({ rowsPerBatch: 1 });
    const query = await frame.writeStream.memory("t").start();
    await until(() => query.recentProgress.length >= 3, "three triggers");
    await query.stop();
    expect(query.exception).toBeNull();
  });
});

describe("processing time", () => {
  async function everyTenSeconds(machine: TestMachine, stream: MemoryStream<{ n: ReturnType<typeof int64> }>) {
    const writer = machine.session.readStream.memory(stream).writeStream.memory("t");
    return writer.trigger({ processingTime: "10 seconds" }).start();
  }

  test("a trigger that is done early is followed at the next multiple of the interval", async () => {
    const machine = new TestMachine();
    await machine.clock.advance(3_000);
    const stream = numbers().add([{ n: 1 }]);
    const query = await everyTenSeconds(machine, stream);
    await until(() => inputRows(query).length === 1, "the first trigger starts at once");
    stream.add([{ n: 2 }]);
    await settle();
    await machine.clock.advance(6_999);
    await settle();
    expect(inputRows(query)).toEqual([1]);
    await machine.clock.advance(1);
    await until(() => inputRows(query).length === 2, "the boundary at 10 s");
    expect(query.lastProgress?.timestamp).toBe("1970-01-01T00:00:10.000Z");
    await query.stop();
  });

  test("rows that come while nothing runs wait for the boundary too", async () => {
    const machine = new TestMachine();
    const stream = numbers();
    const query = await everyTenSeconds(machine, stream);
    await until(() => query.status.message === "Waiting for data to arrive");
    await machine.clock.advance(12_000);
    stream.add([{ n: 1 }]);
    await settle();
    expect(inputRows(query)).toEqual([]);
    await machine.clock.advance(8_000);
    await until(() => inputRows(query).length === 1, "the boundary at 20 s");
    await query.stop();
  });

  test("a trigger that overran is followed at once", async () => {
    const machine = new TestMachine();
    const stream = numbers().add([{ n: 1 }]);
    const started: number[] = [];
    const query = await machine.session.readStream
      .memory(stream)
      .writeStream.foreachBatch(async (_batch, id) => {
        started.push(machine.clock.now());
        if (id > 0) return;
        stream.add([{ n: 2 }]);
        await machine.clock.advance(25_000);
      })
      .trigger({ processingTime: "10 seconds" })
      .start();
    await until(() => started.length === 2, "the second trigger");
    expect(started).toEqual([0, 25_000]);
    await query.stop();
  });

  test("stop and drain do not wait for the boundary", async () => {
    const machine = new TestMachine();
    for (const end of ["stop", "drain"] as const) {
      const query = await everyTenSeconds(machine, numbers().add([{ n: 1 }]));
      await until(() => inputRows(query).length === 1);
      await query[end]();
      expect(query.isActive).toBe(false);
    }
    expect(machine.clock.sleeping).toBe(0);
  });

  test("stop within the trigger does not wait for the boundary either", async () => {
    const machine = new TestMachine();
    const aborter = new AbortController();
    const query = await machine.session.readStream
      .memory(numbers().add([{ n: 1 }]))
      .writeStream.foreachBatch(() => aborter.abort())
      .trigger({ processingTime: "1 hour" })
      .signal(aborter.signal)
      .start();
    expect(await query.awaitTermination()).toBe(true);
  });
});

describe("availableNow", () => {
  test("takes what was there at the start, in several triggers, and ends", async () => {
    const machine = new TestMachine();
    const stream = numbers();
    for (let n = 0; n < 5; n++) stream.add([{ n }]);
    const query = await machine.session.readStream
      .memory(stream)
      .writeStream.foreachBatch((_batch, id) => {
        if (id === 0) stream.add([{ n: 99 }]);
      })
      .option("maxRowsPerTrigger", 2)
      .trigger({ availableNow: true })
      .start();
    expect(await query.awaitTermination()).toBe(true);
    expect(inputRows(query)).toEqual([2, 2, 1]);
  });

  test("nothing there: no trigger", async () => {
    const machine = new TestMachine();
    const query = await machine.session.readStream
      .memory(numbers())
      .writeStream.memory("t")
      .trigger({ availableNow: true })
      .start();
    await query.awaitTermination();
    expect(query.recentProgress).toEqual([]);
    expect(await table(machine, "t")).toEqual([]);
  });

  test.each([{ availableNow: true }, { once: true }] as const)(
    "%o never releases by itself what a watermark holds back",
    async (trigger) => {
      const machine = new TestMachine();
      const stream = new MemoryStream({ at: timestamp() });
      stream.add([{ at: at("12:01") }]).add([{ at: at("12:06") }]);
      const counts = windowed(machine.session.readStream.memory(stream));
      const query = await counts.writeStream.memory("t").trigger(trigger).start();
      await query.awaitTermination();
      expect(await table(machine, "t")).toMatchObject([{ n: 1 }]);
      expect(query.lastProgress?.eventTime.watermark).toBe("1970-01-01T12:06:00.000Z");
    },
  );

  test("a source that has ended for ever is another matter", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream({ at: timestamp() });
    stream
      .add([{ at: at("12:01") }])
      .add([{ at: at("12:06") }])
      .close();
    const query = await windowed(machine.session.readStream.memory(stream))
      .writeStream.memory("t")
      .trigger({ availableNow: true })
      .start();
    await query.awaitTermination();
    expect(await table(machine, "t")).toMatchObject([{ n: 1 }, { n: 1 }]);
  });

  function windowed(frame: DataFrame): DataFrame {
    return frame.withWatermark("at", "0 seconds").groupBy(window("at", "5 minutes")).agg({ n: count() });
  }
});

describe("once", () => {
  test("one trigger over everything, limits or not; then it ends", async () => {
    const machine = new TestMachine();
    const stream = numbers();
    for (let n = 0; n < 5; n++) stream.add([{ n }]);
    const writer = machine.session.readStream.memory(stream).writeStream.memory("t").option("maxRowsPerTrigger", 2);
    const query = await writer.trigger({ once: true }).start();
    await query.awaitTermination();
    expect(inputRows(query)).toEqual([5]);
  });
});

describe("limits", () => {
  test("of the query hold for each source; a reader's own come first", async () => {
    const machine = new TestMachine();
    const [a, b] = [numbers(), numbers()];
    for (let n = 0; n < 6; n++) {
      a.add([{ n }]);
      b.add([{ n }]);
    }
    const { session } = machine;
    const both = session.readStream.memory(a).union(session.readStream.option("maxRowsPerTrigger", 3).memory(b));
    const query = await both.writeStream.memory("t").option("maxRowsPerTrigger", "2").start();
    await query.processAllAvailable();
    expect(query.recentProgress.map(({ sources }) => sources.map((source) => source.numInputRows))).toEqual([
      [2, 3],
      [2, 3],
      [2, 0],
    ]);
    await query.stop();
  });

  test("a limit that is no whole number above 0 is refused", async () => {
    const { session } = new TestMachine();
    const frame = session.readStream.memory(numbers());
    expect(() => session.readStream.option("maxRowsPerTrigger", 0).memory(numbers())).toThrow(/OPTION_VALUE/);
    await expect(frame.writeStream.memory("t").option("maxRowsPerTrigger", "x").start()).rejects.toThrow(
      /OPTION_VALUE/,
    );
    await expect(frame.writeStream.memory("t").option("maxRowPerTrigger", 1).start()).rejects.toThrow(
      /maxRowsPerTrigger/,
    );
  });
});

describe("no trigger without a reason", () => {
  test("a global aggregate gives its one row in the first trigger that runs", async () => {
    const machine = new TestMachine();
    const stream = numbers();
    const totals = machine.session.readStream.memory(stream).agg({ n: count(), total: sum("n") });
    const query = await totals.writeStream.outputMode("complete").memory("t").start();
    await until(() => query.status.message === "Waiting for data to arrive");
    expect(query.recentProgress).toEqual([]);
    stream.close();
    await query.awaitTermination();
    expect(inputRows(query)).toEqual([0]);
    expect(await table(machine, "t")).toEqual([{ n: 0, total: null }]);
  });
});

test("a trigger is asked for in one way only", async () => {
  const { session } = new TestMachine();
  const writer = session.readStream.memory(numbers()).writeStream;
  expect(() => writer.trigger({ processingTime: "soon" })).toThrow(/INTERVAL/);
  expect(() => writer.trigger({ once: true, availableNow: true } as never)).toThrow(/TRIGGER/);
  expect(() => writer.trigger({ sometimes: true } as never)).toThrow(/TRIGGER/);
  expect(() => writer.trigger({ processingTime: "-1 second" })).toThrow(/TRIGGER/);
});
