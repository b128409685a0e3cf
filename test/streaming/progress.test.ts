import { describe, expect, test } from "vitest";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { count } from "../../src/expressions/functions/aggregates.js";
import { window } from "../../src/expressions/functions/window.js";
import { MemoryStream, type MemoryStreamOptions } from "../../src/sources/memory-stream.js";
import { isoInstant } from "../../src/streaming/iso-instant.js";
import { LATE_ROWS_KEPT, LateRowStore } from "../../src/streaming/late-row-store.js";
import { int64, schemaOf, timestamp } from "../../src/types/type-constructors.js";
import { rowsOf } from "../fakes/rows-of.js";
import { at, TestMachine } from "../fakes/test-machine.js";

const columns = { at: timestamp() };
const events = (options: MemoryStreamOptions = {}) => new MemoryStream(columns, options);
const rows = (...times: readonly string[]) => times.map((time) => ({ at: at(time) }));

function counted(machine: TestMachine, streams: readonly MemoryStream<typeof columns>[], delay: string) {
  const [first, ...others] = streams.map((stream) =>
    machine.session.readStream.memory(stream).withWatermark("at", delay),
  );
  const all = others.reduce((union, other) => union.union(other), first);
  return all.groupBy(window("at", "5 minutes")).agg({ n: count() });
}

test("one trigger, with Spark's field names", async () => {
  const machine = new TestMachine();
  await machine.clock.advance(5_000);
  const stream = events().add(rows("12:00", "12:06", "12:03"));
  const query = await counted(machine, [stream], "1 minute").writeStream.memory("t").queryName("counts").start();
  await query.processAllAvailable();
  await machine.clock.advance(2_000);
  stream.add(rows("12:01"));
  await query.processAllAvailable();
  const [first, second] = query.recentProgress;
  expect(first).toEqual({
    id: query.id,
    runId: query.runId,
    name: "counts",
    timestamp: "1970-01-01T00:00:05.000Z",
    batchId: 0,
    batchDuration: 0,
    durationMs: { latestOffset: 0, walCommit: 0, addBatch: 0, commitOffsets: 0, triggerExecution: 0 },
    numInputRows: 3,
    inputRowsPerSecond: 0,
    processedRowsPerSecond: 0,
    eventTime: {
      min: "1970-01-01T12:00:00.000Z",
      max: "1970-01-01T12:06:00.000Z",
      avg: "1970-01-01T12:03:00.000Z",
      watermark: "1970-01-01T12:05:00.000Z",
    },
    stateOperators: [
      {
        operatorName: "aggregate(window)#0",
        numRowsTotal: 1,
        numRowsUpdated: 2,
        numRowsRemoved: 1,
        numRowsDroppedByWatermark: 0,
        memoryUsedBytes: expect.any(Number),
      },
    ],
    sources: [
      {
        description: "memory",
        startOffset: { "0": 0 },
        endOffset: { "0": 1 },
        latestOffset: { "0": 1 },
        numInputRows: 3,
        inputRowsPerSecond: 0,
        processedRowsPerSecond: 0,
      },
    ],
    sink: { description: "memory", numOutputRows: 1 },
    numLateRows: 0,
    heldBackBy: expect.objectContaining({ operator: "aggregate(window)#0" }),
  });
  expect(first.stateOperators[0].memoryUsedBytes).toBeGreaterThan(0);
  expect(second).toMatchObject({ batchId: 1, inputRowsPerSecond: 0.5, numLateRows: 1 });
  expect(second.stateOperators[0].numRowsDroppedByWatermark).toBe(1);
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  await query.stop();
});

test("durations are measured by the clock", async () => {
  const machine = new TestMachine();
  const query = await machine.session.readStream
    .memory(events().add(rows("12:00", "12:01")))
    .writeStream.foreachBatch(() => machine.clock.advance(500))
    .start();
  await query.processAllAvailable();
  expect(query.lastProgress).toMatchObject({
    batchDuration: 500,
    durationMs: { addBatch: 500, triggerExecution: 500, commitOffsets: 0 },
    processedRowsPerSecond: 4,
    eventTime: {},
    stateOperators: [],
    heldBackBy: null,
  });
  await query.stop();
});

describe("what holds the next result back", () => {
  test("a long delay", async () => {
    const machine = new TestMachine();
    const query = await counted(machine, [events().add(rows("12:01", "12:30"))], "1 hour")
      .writeStream.memory("t")
      .start();
    await query.processAllAvailable();
    expect(query.lastProgress?.heldBackBy).toEqual({
      operator: "aggregate(window)#0",
      column: "window.end",
      bound: "1970-01-01T11:30:00.000Z",
      needs: "1970-01-01T12:05:00.000Z",
      source: "memory",
    });
    await query.stop();
  });

  test("a silent source", async () => {
    const machine = new TestMachine();
    const { session } = machine;
    const silent = session.readStream.socket({ host: "h", port: 1, includeTimestamp: true }).select("timestamp");
    const union = session.readStream
      .memory(events().add(rows("12:01", "12:30")))
      .withWatermark("at", "0 seconds")
      .union(silent.withWatermark("timestamp", "0 seconds"));
    const query = await union.groupBy(window("at", "5 minutes")).agg({ n: count() }).writeStream.memory("t").start();
    await query.processAllAvailable();
    expect(query.lastProgress?.heldBackBy).toMatchObject({
      source: "socket(h:1)",
      bound: null,
      needs: "1970-01-01T12:05:00.000Z",
    });
    await query.stop();
  });

  test("a partition behind; one that was left behind is not blamed", async () => {
    const machine = new TestMachine();
    const stream = events({ partitions: ["a", "b", "c"] });
    for (const [partition, time] of [
      ["a", "11:00"],
      ["b", "12:02"],
      ["c", "12:30"],
    ] as const)
      stream.add(rows(time), { partition });
    const query = await counted(machine, [stream], "0 seconds").writeStream.memory("t").start();
    await query.processAllAvailable();
    expect(query.lastProgress?.heldBackBy).toMatchObject({ partition: "a", needs: "1970-01-01T11:05:00.000Z" });
    stream.add(rows("12:03"), { partition: "b" }).add(rows("12:31"), { partition: "c" });
    await query.processAllAvailable();
    expect(query.lastProgress?.heldBackBy).toMatchObject({
      partition: "b",
      bound: "1970-01-01T12:03:00.000Z",
      needs: "1970-01-01T12:05:00.000Z",
    });
    await query.stop();
  });

  test("nothing: no state waits, or all sources have ended", async () => {
    const machine = new TestMachine();
    const stream = events();
    const query = await counted(machine, [stream], "0 seconds").writeStream.memory("t").start();
    stream.add([{ at: null }]);
    await query.processAllAvailable();
    expect(query.lastProgress?.heldBackBy).toBeNull();
    stream.add(rows("12:01")).close();
    await query.awaitTermination();
    expect(query.lastProgress?.heldBackBy).toBeNull();
  });
});

test("late rows: the newest are kept, all are counted", () => {
  const schema = schemaOf({ n: int64() });
  const chunk = (from: number, length: number) =>
    chunkFromObjects(
      schema,
      Array.from({ length }, (_, i) => ({ n: BigInt(from + i) })),
    );
  const store = new LateRowStore();
  for (const [from, length] of [
    [0, 3000],
    [3000, 5000],
    [8000, 4500],
  ] as const)
    store.add("a", chunk(from, length));
  store.add("b", chunk(0, LATE_ROWS_KEPT + 7));
  const [a, b] = store.rowsOf();
  expect([a.total, b.total]).toEqual([12_500, LATE_ROWS_KEPT + 7]);
  expect(rowsOf(a.chunks).map((row) => row["n"])).toEqual(
    Array.from({ length: LATE_ROWS_KEPT }, (_, i) => BigInt(2500 + i)),
  );
  expect(rowsOf(b.chunks)).toHaveLength(LATE_ROWS_KEPT);
  expect(store.rowsOf("b")).toHaveLength(1);
});

test("instants in text, before 1970 and beyond what dates can hold", () => {
  expect(isoInstant(0n)).toBe("1970-01-01T00:00:00.000Z");
  expect(isoInstant(-1n)).toBe("1969-12-31T23:59:59.999999Z");
  expect(isoInstant(1_000_001n)).toBe("1970-01-01T00:00:01.000001Z");
  expect(isoInstant(2n ** 63n - 1n)).toBe("9223372036854775807 us");
});
