import { describe, expect, it } from "vitest";
import { count } from "../../../src/expressions/functions/aggregates.js";
import { col } from "../../../src/expressions/functions/col.js";
import { window } from "../../../src/expressions/functions/window.js";
import type { Deserializer } from "../../../src/sources/deserializer.js";
import { kafkaOffsetRanges } from "../../../src/sources/kafka/kafka-offset-ranges.js";
import type { Utf8Type } from "../../../src/types/data-type.js";
import { utf8 } from "../../../src/types/type-constructors.js";
import type { FakeFileSystem } from "../../fakes/fake-file-system.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { TestMachine, until } from "../../fakes/test-machine.js";
import { append, fill, hastyBroker } from "./source-on-broker.js";

const MINUTE = 60_000;

/** Minutes of event time, one record each. */
function at(broker: FakeBroker, partition: number, ...minutes: readonly number[]): void {
  const records = minutes.map((minute) => ({ value: `${minute}`, timestamp: minute * MINUTE }));
  broker.append("orders", partition, records);
}

function windows(machine: TestMachine, broker: FakeBroker, options: object = {}) {
  return machine.session.readStream
    .kafka({ client: broker.provider(), subscribe: "orders", startingOffsets: "earliest", ...options })
    .withWatermark("timestamp", "0 seconds")
    .groupBy(window("timestamp", "5 minutes"))
    .agg({ n: count() });
}

async function counted(machine: TestMachine, table: string) {
  return (await machine.session.table(table).collect()).map(({ n }) => n);
}

describe("a query over Kafka topics", () => {
  it("has a watermark for each partition: one that is behind holds it, one that is read to its end does not", async () => {
    const machine = new TestMachine();
    const broker = new FakeBroker();
    broker.createTopic("orders", { partitions: 3 });
    at(broker, 0, 0, 1, 2, 11, 12, 13);
    at(broker, 1, 3, 4);
    const query = await windows(machine, broker, { maxOffsetsPerTrigger: 4 })
      .writeStream.outputMode("append")
      .memory("t")
      .start();
    await query.processAllAvailable();
    const watermarks = (): unknown[] => query.recentProgress.map(({ eventTime }) => eventTime.watermark?.slice(11, 16));
    expect(watermarks()).toEqual(["00:02", "00:04"]);
    at(broker, 0, 14);
    await query.processAllAvailable();
    expect(watermarks()).toEqual(["00:02", "00:04", "00:14"]);
    const [first, last] = [query.recentProgress[0], query.recentProgress.at(-1)];
    expect(first?.sources[0]?.lagByPartition).toEqual({ "orders-0": 3, "orders-1": 1, "orders-2": 0 });
    expect(last?.sources[0]).toMatchObject({
      description: "kafka(orders)",
      latestOffset: { topics: { orders: { offsets: [7, 2, 0] } } },
      metrics: { maxOffsetsBehindLatest: 0 },
    });
    expect(await counted(machine, "t")).toEqual([5]);
    await query.stop();
    expect(broker.openSockets).toBe(0);
  });

  it("goes on from its checkpoint in another process, and does not ask for a beginning that is gone", async () => {
    const broker = new FakeBroker();
    broker.createTopic("orders", { partitions: 2 });
    const run = async (files: FakeFileSystem | undefined, more: () => void) => {
      const machine = new TestMachine(files);
      const options = { startingTimestamp: 1 };
      at(broker, 0, 1);
      at(broker, 1, 1);
      const query = await windows(machine, broker, options)
        .writeStream.outputMode("update")
        .checkpoint("state")
        .memory("t")
        .start();
      await query.processAllAvailable();
      more();
      await query.processAllAvailable();
      const progress = query.recentProgress.map(({ numInputRows }) => numInputRows);
      const rows = await counted(machine, "t");
      await query.stop();
      return { machine, progress, rows };
    };
    const first = await run(undefined, () => at(broker, 0, 2, 3));
    expect(first.progress).toEqual([2, 2]);
    broker.deleteRecords("orders", 1, 1);
    const second = await run(first.machine.files, () => {});
    expect(second.progress).toEqual([2]);
    expect(second.rows).toEqual([6]);
  });

  it("may be started again over other topics, and be sent back to an instant", async () => {
    const broker = new FakeBroker();
    broker.createTopic("orders");
    broker.createTopic("returns");
    at(broker, 0, 1, 2, 3);
    append(broker, "returns");
    let files: FakeFileSystem | undefined;
    const run = async (options: object): Promise<readonly number[]> => {
      const machine = new TestMachine(files);
      files = machine.files;
      const query = await machine.session.readStream
        .kafka({ client: broker.provider(), subscribe: "orders", startingOffsets: "earliest", ...options })
        .writeStream.checkpoint("state")
        .memory("t")
        .start();
      await query.processAllAvailable();
      await query.stop();
      return query.recentProgress.map(({ numInputRows }) => numInputRows);
    };
    expect(await run({})).toEqual([3]);
    expect(await run({ subscribe: "orders,returns" })).toEqual([1]);
    const back = { subscribePattern: "orders|returns", subscribe: undefined, restartFrom: new Date(2 * MINUTE) };
    expect(await run(back)).toEqual([3]);
    expect(await run(back)).toEqual([]);
    await expect(run({ subscribe: undefined, assign: { nothing: [0] } })).rejects.toThrow("KAFKA_SUBSCRIPTION_CHANGED");
  });

  it("wakes up when a record comes", async () => {
    const machine = new TestMachine();
    const broker = new FakeBroker({ clock: machine.clock });
    broker.createTopic("orders");
    const seen: number[] = [];
    const query = await machine.session.readStream
      .format("kafka")
      .option("client", broker.provider())
      .option("subscribe", "orders")
      .load()
      .writeStream.foreachBatch(async (batch) => void seen.push((await batch.collect()).length))
      .start();
    await query.processAllAvailable();
    append(broker, "orders");
    await until(() => seen.length === 1);
    fill(broker, "orders", [2]);
    await until(() => seen.reduce((sum, rows) => sum + rows, 0) === 3);
    await query.stop();
  });

  it("takes what is there with availableNow, and no more", async () => {
    const machine = new TestMachine();
    const broker = new FakeBroker();
    broker.createTopic("orders", { partitions: 2 });
    fill(broker, "orders", [5, 2]);
    const query = await machine.session.readStream
      .kafka({ client: broker.provider(), subscribe: "orders", startingOffsets: "earliest", maxOffsetsPerTrigger: 3 })
      .writeStream.trigger({ availableNow: true })
      .memory("t")
      .start();
    await query.awaitTermination();
    expect(query.recentProgress.map(({ numInputRows }) => numInputRows)).toEqual([3, 3, 1]);
    expect(await machine.session.table("t").count()).toBe(7);
  });
});

describe("a batch of Kafka records", () => {
  it("is a frame like any other", async () => {
    const machine = new TestMachine();
    const broker = hastyBroker();
    broker.createTopic("orders");
    fill(broker, "orders", [3]);
    const frame = machine.session.read.kafka({
      client: broker.provider(),
      subscribe: "orders",
      endingOffsets: { orders: { 0: 2 } },
    });
    expect(await frame.select(col("value").cast("string").as("v"), "offset").collect()).toEqual([
      { v: "0", offset: 0 },
      { v: "1", offset: 1 },
    ]);
    const withHeaders = machine.session.read.kafka({
      client: broker.provider(),
      subscribe: "orders",
      includeHeaders: true,
    });
    expect(await withHeaders.select("headers").limit(1).collect()).toEqual([{ headers: null }]);
    append(broker, "orders");
    const loaded = await machine.session.read
      .format("kafka")
      .option("client", broker.provider())
      .option("subscribe", "orders")
      .load();
    expect(await loaded.count()).toBe(4);
    append(broker, "orders");
    expect(await loaded.count()).toBe(5);
    expect(broker.openSockets).toBe(0);
    expect(() => machine.session.read.format("kafka").schema("a INT").load("x")).toThrow("SCHEMA_NOT_TAKEN");
  });
});

describe("a deserializer", () => {
  const upper: Deserializer<Utf8Type> = {
    type: utf8(),
    deserialize: (rows) => rows.map((bytes) => bytes && new TextDecoder().decode(bytes).toUpperCase()),
  };

  it("makes a column of a type of its own, key and value each, as stream and as batch", async () => {
    const machine = new TestMachine();
    const broker = new FakeBroker();
    broker.createTopic("orders", { partitions: 1 });
    broker.append("orders", 0, [{ key: "k", value: "tea" }, { value: null }]);
    const options = { client: broker.provider(), subscribe: "orders", startingOffsets: "earliest" } as const;
    const frame = machine.session.read.kafka({ ...options, valueDeserializer: upper });
    expect((await frame.select("value", "offset").collect()).map(({ value }) => value)).toEqual(["TEA", null]);
    const query = await machine.session.readStream
      .kafka({ ...options, keyDeserializer: upper })
      .select(col("key").as("k"))
      .writeStream.memory("keys")
      .start();
    await query.processAllAvailable();
    expect(await machine.session.table("keys").collect()).toEqual([{ k: "K" }, { k: null }]);
    await query.stop();
  });

  it("that fails ends the query, and one that is none is refused", async () => {
    const machine = new TestMachine();
    const broker = new FakeBroker();
    broker.createTopic("orders", { partitions: 1 });
    broker.append("orders", 0, [{ value: "tea" }]);
    const options = { client: broker.provider(), subscribe: "orders" };
    const fails = { type: utf8(), deserialize: () => [7] };
    const frame = machine.session.read.kafka({ ...options, valueDeserializer: fails });
    await expect(frame.collect()).rejects.toMatchObject({ code: "DESERIALIZER_FAILED", place: "partition orders-0" });
    expect(() => machine.session.read.kafka({ ...options, keyDeserializer: {} as never })).toThrow(/keyDeserializer/);
  });
});

describe("foreachBatch", () => {
  it("sees what its batch took of each partition, so that ranges can be kept with results instead of a checkpoint", async () => {
    const broker = new FakeBroker();
    broker.createTopic("orders", { partitions: 2 });
    fill(broker, "orders", [3, 1]);
    /** A store that takes values and offsets in one step. */
    const store = { values: [] as unknown[], next: { orders: { 0: 0, 1: 0 } as Record<number, number> } };
    const run = async (): Promise<void> => {
      const machine = new TestMachine();
      const query = await machine.session.readStream
        .kafka({ client: broker.provider(), subscribe: "orders", startingOffsets: store.next })
        .writeStream.foreachBatch(async (batch, _, { sources: [orders] }) => {
          if (orders === undefined) throw new Error("the query has a source");
          expect(orders.name).toBe("0");
          const values = (await batch.collect()).map(({ partition, offset }) => `${partition}-${offset}`);
          store.values.push(...values);
          for (const { partition, untilOffset } of kafkaOffsetRanges(orders))
            store.next.orders[partition] = untilOffset;
        })
        .start();
      await query.processAllAvailable();
      await query.stop();
    };
    await run();
    expect(store.next).toEqual({ orders: { 0: 3, 1: 1 } });
    fill(broker, "orders", [0, 2]);
    await run();
    expect(store.values).toEqual(["0-0", "0-1", "0-2", "1-0", "1-1", "1-2"]);
  });
});
