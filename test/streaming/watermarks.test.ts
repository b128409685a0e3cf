import { describe, expect, test } from "vitest";
import type { DataFrame } from "../../src/dataframe/data-frame.js";
import { count } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { window } from "../../src/expressions/functions/window.js";
import type { QueryHandle } from "../../src/plan/engine.js";
import { MemoryStream, type MemoryStreamOptions } from "../../src/sources/memory-stream.js";
import { int64, timestamp } from "../../src/types/type-constructors.js";
import { at, settle, TestMachine, until } from "../fakes/test-machine.js";

const columns = { at: timestamp(), n: int64() };
const events = (options: MemoryStreamOptions = {}) => new MemoryStream(columns, options);
const row = (time: string, n = 1) => ({ at: at(time), n });

const counted = (frame: DataFrame): DataFrame =>
  frame.groupBy(window("at", "5 minutes")).agg({ rows: count() }).select(col("window.start").as("from"), "rows");

const watermark = (query: QueryHandle): string | undefined => query.lastProgress?.eventTime.watermark?.slice(11, 16);

const result = (machine: TestMachine): Promise<unknown[]> => machine.session.table("t").collect();

describe("partitions", () => {
  test("the slowest that delivers holds the watermark; one that is silent does not", async () => {
    const machine = new TestMachine();
    const stream = events({ partitions: ["a", "b"] });
    const query = await counted(machine.session.readStream.memory(stream).withWatermark("at", "0 seconds"))
      .writeStream.memory("t")
      .start();
    stream.add([row("12:20")], { partition: "a" }).add([row("12:03")], { partition: "b" });
    await query.processAllAvailable();
    expect(watermark(query)).toBe("12:03");
    stream.add([row("12:25")], { partition: "a" });
    await query.processAllAvailable();
    expect(watermark(query)).toBe("12:25");
    expect(await result(machine)).toEqual([
      { from: at("12:00"), rows: 1 },
      { from: at("12:20"), rows: 1 },
    ]);
    await query.stop();
  });

  test("one that still has rows to be read holds it, read or not", async () => {
    const machine = new TestMachine();
    const stream = events({ partitions: ["a", "b"] });
    stream
      .add([row("12:20")], { partition: "a" })
      .add([row("12:03")], { partition: "b" })
      .add([row("12:21")], { partition: "a" });
    const frame = machine.session.readStream.option("maxRowsPerTrigger", 1).memory(stream);
    const query = await counted(frame.withWatermark("at", "0 seconds")).writeStream.memory("t").start();
    await query.processAllAvailable();
    expect(query.recentProgress.map(({ eventTime }) => eventTime.watermark?.slice(11, 16))).toEqual([
      undefined,
      "12:03",
      "12:21",
    ]);
    stream.close();
    await query.awaitTermination();
    expect(await result(machine)).toHaveLength(2);
    expect(query.recentProgress.map(({ numLateRows }) => numLateRows)).toEqual([0, 0, 0, 0]);
  });

  test("with an idle timeout, one that has just delivered holds it until the timeout; then time alone moves it", async () => {
    const machine = new TestMachine();
    const stream = events({ partitions: ["a", "b"] });
    const frame = machine.session.readStream
      .memory(stream)
      .withWatermark("at", "0 seconds", { idleTimeout: "10 seconds" });
    const query = await counted(frame).writeStream.memory("t").start();
    stream.add([row("12:03")], { partition: "b" });
    await query.processAllAvailable();
    await machine.clock.advance(5_000);
    stream.add([row("12:20")], { partition: "a" });
    await query.processAllAvailable();
    expect(watermark(query)).toBe("12:03");
    await machine.clock.advance(5_000);
    await settle();
    expect(query.recentProgress).toHaveLength(2);
    await machine.clock.advance(1);
    await until(() => query.recentProgress.length === 3, "the trigger of the timeout");
    expect(watermark(query)).toBe("12:20");
    expect(query.lastProgress).toMatchObject({ numInputRows: 0, sink: { numOutputRows: 1 } });
    await machine.clock.advance(3_600_000);
    await settle();
    expect(query.recentProgress).toHaveLength(3);
    await query.stop();
    expect(machine.clock.sleeping).toBe(0);
  });
});

describe("several sources", () => {
  function both(
    machine: TestMachine,
    [a, b]: readonly MemoryStream<typeof columns>[],
    idleTimeout?: string,
  ): DataFrame {
    const options = idleTimeout === undefined ? {} : { idleTimeout };
    const timed = (stream: MemoryStream<typeof columns>) =>
      machine.session.readStream.memory(stream).withWatermark("at", "0 seconds", options);
    return counted(timed(a).union(timed(b)));
  }

  test("a union waits for the slower", async () => {
    const machine = new TestMachine();
    const [a, b] = [events().add([row("12:20")]), events().add([row("12:03")])];
    const query = await both(machine, [a, b]).writeStream.memory("t").start();
    await query.processAllAvailable();
    expect(await result(machine)).toEqual([]);
    b.add([row("12:06"), row("12:07")]);
    await query.processAllAvailable();
    expect(watermark(query)).toBe("12:07");
    expect(await result(machine)).toEqual([{ from: at("12:00"), rows: 1 }]);
    await query.stop();
  });

  test("a silent one holds everything, without a timeout for ever", async () => {
    const machine = new TestMachine();
    const [a, b] = [events().add([row("12:20")]), events()];
    const query = await both(machine, [a, b]).writeStream.memory("t").start();
    await query.processAllAvailable();
    await machine.clock.advance(3_600_000);
    a.add([row("12:30")]);
    await query.processAllAvailable();
    expect(await result(machine)).toEqual([]);
    expect(query.lastProgress?.eventTime.watermark).toBeUndefined();
    await query.stop();
  });

  test("a silent one follows the other after its timeout; what it brings later is late", async () => {
    const machine = new TestMachine();
    const [a, b] = [events().add([row("12:20")]), events()];
    const query = await both(machine, [a, b], "10 seconds").writeStream.memory("t").start();
    await query.processAllAvailable();
    await machine.clock.advance(10_000);
    a.add([row("12:26")]);
    await query.processAllAvailable();
    expect(await result(machine)).toEqual([]);
    await machine.clock.advance(1);
    await until(() => query.recentProgress.length === 3, "the trigger of the timeout");
    expect(query.lastProgress?.numInputRows).toBe(0);
    expect(await result(machine)).toEqual([{ from: at("12:20"), rows: 1 }]);
    b.add([row("12:10"), row("12:27")]);
    await query.processAllAvailable();
    expect(query.lastProgress?.numLateRows).toBe(1);
    await query.stop();
  });

  test("when all are idle nothing moves, and nothing runs", async () => {
    const machine = new TestMachine();
    const query = await both(machine, [events().add([row("12:20")]), events().add([row("12:01")])], "10 seconds")
      .writeStream.memory("t")
      .start();
    await query.processAllAvailable();
    await machine.clock.advance(3_600_000);
    await settle();
    expect(query.recentProgress).toHaveLength(1);
    await query.stop();
  });

  test("one that has ended holds nothing; when both have, everything comes out and the query ends", async () => {
    const machine = new TestMachine();
    const [a, b] = [events().add([row("12:20")]), events().add([row("12:03")])];
    const query = await both(machine, [a, b]).writeStream.memory("t").start();
    await query.processAllAvailable();
    b.close();
    await query.processAllAvailable();
    expect(query.lastProgress?.numInputRows).toBe(0);
    expect(await result(machine)).toEqual([{ from: at("12:00"), rows: 1 }]);
    a.close();
    expect(await query.awaitTermination()).toBe(true);
    expect(await result(machine)).toEqual([
      { from: at("12:00"), rows: 1 },
      { from: at("12:20"), rows: 1 },
    ]);
    expect(query.recentProgress).toHaveLength(3);
  });

  test("a bounded frame in a union with a stream is read once and holds nothing", async () => {
    const machine = new TestMachine();
    const stream = events().add([row("12:20")]);
    const past = machine.session.createDataFrame([row("12:01")], columns).withWatermark("at", "0 seconds");
    const now = machine.session.readStream.memory(stream).withWatermark("at", "0 seconds");
    const query = await counted(past.union(now)).writeStream.memory("t").start();
    await query.processAllAvailable();
    expect(await result(machine)).toEqual([{ from: at("12:00"), rows: 1 }]);
    await query.stop();
  });
});

test("rows that a filter takes away below the watermark keep their source awake", async () => {
  const machine = new TestMachine();
  const [a, b] = [events().add([row("12:20")]), events()];
  const timed = (stream: MemoryStream<typeof columns>) =>
    machine.session.readStream
      .memory(stream)
      .filter(col("n").gt(0))
      .withWatermark("at", "0 seconds", { idleTimeout: "10 seconds" });
  const query = await counted(timed(a).union(timed(b)))
    .writeStream.memory("t")
    .start();
  await query.processAllAvailable();
  await machine.clock.advance(6_000);
  b.add([row("12:21", 0)]);
  await query.processAllAvailable();
  await machine.clock.advance(6_000);
  a.add([row("12:26")]);
  await query.processAllAvailable();
  expect(await result(machine)).toEqual([]);
  await machine.clock.advance(4_001);
  await until(() => query.recentProgress.length === 4, "the trigger of the timeout");
  expect(await result(machine)).toEqual([{ from: at("12:20"), rows: 1 }]);
  await query.stop();
});
