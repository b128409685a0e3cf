import { describe, expect, test } from "vitest";
import { count } from "../../src/expressions/functions/aggregates.js";
import { window } from "../../src/expressions/functions/window.js";
import type { QueryHandle, QueryListener } from "../../src/plan/engine.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { int64, timestamp } from "../../src/types/type-constructors.js";
import { at, settle, TestMachine, until } from "../fakes/test-machine.js";

const columns = { n: int64() };

function start(machine: TestMachine, stream = new MemoryStream(columns), name?: string): Promise<QueryHandle> {
  const writer = machine.session.readStream.memory(stream).writeStream.foreachBatch(() => {});
  return (name === undefined ? writer : writer.queryName(name)).start();
}

/** What a promise has come to so far. */
async function state(promise: Promise<unknown>): Promise<"pending" | "resolved" | "rejected"> {
  let seen: "pending" | "resolved" | "rejected" = "pending";
  promise.then(
    () => (seen = "resolved"),
    () => (seen = "rejected"),
  );
  await settle();
  return seen;
}

describe("the handle", () => {
  test("who it is", async () => {
    const machine = new TestMachine();
    const query = await start(machine, undefined, "orders");
    expect(query).toMatchObject({
      id: "id-0",
      runId: "id-1",
      name: "orders",
      isActive: true,
      exception: null,
      lastProgress: null,
    });
    expect((await start(machine)).name).toBeNull();
    await machine.session.stopAll();
    expect(query.isActive).toBe(false);
  });

  test("status tells what it does", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream(columns);
    let during: unknown = null;
    const query = await machine.session.readStream
      .memory(stream)
      .writeStream.foreachBatch(() => {
        during = query.status;
      })
      .start();
    await until(() => query.status.message === "Waiting for data to arrive");
    stream.add([{ n: 1 }]);
    await query.processAllAvailable();
    expect(during).toEqual({ message: "Processing new data", isDataAvailable: true, isTriggerActive: true });
    await query.stop();
    expect(query.status).toEqual({ message: "Stopped", isDataAvailable: false, isTriggerActive: false });
  });

  test("the newest 100 progress records are kept", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream(columns);
    for (let n = 0; n < 105; n++) stream.add([{ n }]);
    const frame = machine.session.readStream.option("maxRowsPerTrigger", 1).memory(stream);
    const query = await frame.writeStream.foreachBatch(() => {}).start();
    await query.processAllAvailable();
    expect(query.recentProgress.map(({ batchId }) => batchId)).toEqual(Array.from({ length: 100 }, (_, i) => i + 5));
    expect(query.lastProgress?.batchId).toBe(104);
    await query.stop();
  });

  test("awaitTermination waits for the end, or for so long", async () => {
    const machine = new TestMachine();
    const query = await start(machine);
    const forever = query.awaitTermination();
    const limited = query.awaitTermination(1000);
    await machine.clock.advance(999);
    expect(await state(limited)).toBe("pending");
    await machine.clock.advance(1);
    expect(await limited).toBe(false);
    expect(await state(forever)).toBe("pending");
    await query.stop();
    expect(await forever).toBe(true);
    expect(await query.awaitTermination(5)).toBe(true);
    expect(machine.clock.sleeping).toBe(0);
  });

  test("processAllAvailable waits for what had been added, and for nothing when the query is over", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream(columns);
    const seen: number[] = [];
    const query = await machine.session.readStream
      .memory(stream)
      .writeStream.foreachBatch(async (batch) => void seen.push(await batch.count()))
      .start();
    for (let n = 1; n <= 3; n++) {
      stream.add(Array.from({ length: n }, () => ({ n })));
      await query.processAllAvailable();
    }
    expect(seen).toEqual([1, 2, 3]);
    await query.stop();
    await query.processAllAvailable();
  });

  test("stop may be called twice, and at once", async () => {
    const machine = new TestMachine();
    const query = await start(machine);
    await Promise.all([query.stop(), query.stop()]);
    await query.stop();
    expect(query.isActive).toBe(false);
    expect(machine.keptAlive).toBe(0);
  });

  test("explain shows the plan that runs", async () => {
    const machine = new TestMachine();
    const query = await start(machine);
    expect(query.explain()).toMatch(/^output mode append/);
    expect(query.explain()).toContain("memory");
    await query.stop();
  });

  test("drain gives what was held back, takes no rows that come after it, and is the end", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream({ at: timestamp() });
    const counts = machine.session.readStream
      .option("maxRowsPerTrigger", 1)
      .memory(stream)
      .withWatermark("at", "1 hour")
      .groupBy(window("at", "5 minutes"))
      .agg({ n: count() });
    let isFirst = true;
    const query = await counts.writeStream
      .foreachBatch(() => {
        if (isFirst) stream.add([{ at: at("13:00") }]);
        isFirst = false;
      })
      .start();
    stream.add([{ at: at("12:01") }, { at: at("12:02") }]).add([{ at: at("12:06") }]);
    await query.drain();
    expect(query.isActive).toBe(false);
    expect(query.recentProgress.map(({ numInputRows }) => numInputRows)).toEqual([2, 1, 0]);
    expect(query.lastProgress?.sink.numOutputRows).toBe(2);
    await expect(query.drain()).rejects.toThrow(/QUERY_NOT_ACTIVE/);
  });

  test("drain that is cut short by stop says so", async () => {
    const machine = new TestMachine();
    let open = (): void => {};
    const query = await machine.session.readStream
      .memory(new MemoryStream(columns).add([{ n: 1 }]))
      .writeStream.foreachBatch(() => new Promise<void>((resolve) => (open = resolve)))
      .start();
    await until(() => query.status.isTriggerActive);
    const drained = expect(query.drain()).rejects.toThrow(/DRAIN_CUT_SHORT/);
    const stopped = query.stop();
    await settle();
    open();
    await drained;
    await stopped;
  });
});

describe("several queries", () => {
  test("active, get, stopAll", async () => {
    const machine = new TestMachine();
    const { streams } = machine.session;
    const [a, b] = [await start(machine), await start(machine)];
    expect(streams.active).toEqual([a, b]);
    expect(streams.get(b.id)).toBe(b);
    expect(streams.get("nobody")).toBeNull();
    await a.stop();
    expect(streams.active).toEqual([b]);
    await machine.session.stopAll();
    expect(streams.active).toEqual([]);
    expect(streams.get(b.id)).toBeNull();
  });

  test("a name is taken while its query runs, and while it starts", async () => {
    const machine = new TestMachine();
    const [first, second] = await Promise.allSettled([start(machine, undefined, "a"), start(machine, undefined, "a")]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "NAME_IN_USE" } });
    await machine.session.stopAll();
    await (await start(machine, undefined, "a")).stop();
  });

  test("a refused start gives its name back", async () => {
    const machine = new TestMachine();
    const counts = machine.session.readStream.memory(new MemoryStream(columns)).agg({ n: count() });
    await expect(counts.writeStream.queryName("a").memory().start()).rejects.toThrow();
    expect(() => machine.session.table("a")).toThrow(/TABLE_NOT_FOUND/);
    await (await start(machine, undefined, "a")).stop();
  });

  test("awaitAnyTermination: the first end counts until the reset", async () => {
    const machine = new TestMachine();
    const { streams } = machine.session;
    const [a, b] = [await start(machine), await start(machine)];
    const any = streams.awaitAnyTermination();
    const limited = streams.awaitAnyTermination(1000);
    expect(await state(any)).toBe("pending");
    await b.stop();
    expect(await any).toBe(true);
    expect(await limited).toBe(true);
    expect(await streams.awaitAnyTermination()).toBe(true);
    streams.resetTerminated();
    const again = streams.awaitAnyTermination(1000);
    await machine.clock.advance(1000);
    expect(await again).toBe(false);
    expect(machine.clock.sleeping).toBe(0);
    await a.stop();
  });

  test("awaitAnyTermination rejects with the failure, even when a query ends well after it", async () => {
    const machine = new TestMachine();
    const { streams } = machine.session;
    const failing = await machine.session.readStream
      .memory(new MemoryStream(columns).add([{ n: 1 }]))
      .writeStream.foreachBatch(() => {
        throw new Error("no");
      })
      .start();
    await expect(streams.awaitAnyTermination()).rejects.toThrow("no");
    await (await start(machine)).stop();
    await expect(streams.awaitAnyTermination(10)).rejects.toBe(failing.exception);
    streams.resetTerminated();
    await (await start(machine)).stop();
    expect(await streams.awaitAnyTermination()).toBe(true);
  });
});

describe("listeners", () => {
  test("hear of start, progress, idleness and end, in order", async () => {
    const machine = new TestMachine();
    const heard: string[] = [];
    const listener: QueryListener = {
      onQueryStarted: ({ id, name }) => heard.push(`started ${id} ${name}`),
      onQueryProgress: ({ batchId, numInputRows }) => heard.push(`progress ${batchId} ${numInputRows}`),
      onQueryIdle: ({ timestamp }) => heard.push(`idle ${timestamp}`),
      onQueryTerminated: ({ exception }) => heard.push(`ended ${exception}`),
    };
    machine.session.streams.addListener(listener);
    const query = await start(machine, new MemoryStream(columns).add([{ n: 1 }]), "q");
    await until(() => heard.length === 3);
    await query.stop();
    expect(heard).toEqual(["started id-0 q", "progress 0 1", "idle 1970-01-01T00:00:00.000Z", "ended null"]);
    expect(machine.session.streams.listListeners()).toEqual([listener]);
    machine.session.streams.removeListener(listener);
    await (await start(machine)).stop();
    expect(heard).toHaveLength(4);
  });

  test("one that throws, at once or later, is a warning and no more", async () => {
    const machine = new TestMachine();
    const heard: number[] = [];
    machine.session.streams.addListener({
      onQueryProgress: () => {
        throw new Error("first");
      },
      onQueryTerminated: async () => {
        throw new Error("later");
      },
    });
    machine.session.streams.addListener({ onQueryProgress: ({ batchId }) => heard.push(batchId) });
    const stream = new MemoryStream(columns).add([{ n: 1 }]);
    const query = await start(machine, stream);
    await query.processAllAvailable();
    stream.add([{ n: 2 }]);
    await query.processAllAvailable();
    await query.stop();
    await settle();
    expect(heard).toEqual([0, 1]);
    expect(query.exception).toBeNull();
    expect(machine.warnings).toEqual(
      ["first", "first", "later"].map((text) => `A streaming query listener threw: ${text}`),
    );
  });

  test("one may stop the query it hears of", async () => {
    const machine = new TestMachine();
    machine.session.streams.addListener({ onQueryProgress: ({ id }) => void machine.session.streams.get(id)?.stop() });
    const query = await start(machine, new MemoryStream(columns).add([{ n: 1 }]));
    expect(await query.awaitTermination()).toBe(true);
  });
});
