import { describe, expect, it } from "vitest";
import type { ReadLimit } from "../../../src/sources/source.js";
import { UNLIMITED } from "../../../src/sources/source.js";
import { encodeFakeBatch } from "../../fakes/kafka/fake-batch-writer.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { settle, until } from "../../fakes/test-machine.js";
import { append, fill, hastyBroker, names, never, read, sourceOn, step } from "./source-on-broker.js";

const PLENTY: ReadLimit = { maxRows: 1e6, maxBytes: 1e9, maxFiles: null };

function brokerWith(...counts: number[]) {
  const broker = hastyBroker();
  broker.createTopic("orders", { partitions: counts.length });
  fill(broker, "orders", counts);
  return broker;
}

describe("how much a trigger takes", () => {
  it("is split over partitions by what waits in each, one at least of each", async () => {
    const broker = brokerWith(60, 30, 10, 0, 1);
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest", maxOffsetsPerTrigger: 10 });
    const from = await source.initialOffset();
    const { offset, behind } = await source.latestOffset(from, PLENTY);
    expect(offset).toMatchObject({ topics: { orders: { offsets: [5, 2, 1, 0, 1] } } });
    expect(behind).toEqual(["orders-0", "orders-1", "orders-2", "orders-4"]);
    expect((await source.latestOffset(from, UNLIMITED)).offset).toMatchObject({
      topics: { orders: { offsets: [60, 30, 10, 0, 1] } },
    });
  });

  it("is bounded by the engine's limits: rows, and bytes by the average seen", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders");
    const value = "x".repeat(980);
    for (let i = 0; i < 100; i++) broker.append("orders", 0, [{ value }]);
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest" });
    const one = await step(source, await source.initialOffset(), { maxRows: 7, maxBytes: 1e9, maxFiles: null });
    expect(one.rows).toHaveLength(7);
    const two = await step(source, one.to, { maxRows: 1e6, maxBytes: 20_000, maxFiles: null });
    expect(two.rows.length).toBeGreaterThanOrEqual(15);
    expect(two.rows.length).toBeLessThanOrEqual(20);
  });

  it("waits for enough offsets, but not longer than the delay", async () => {
    const broker = brokerWith(1);
    const options = {
      subscribe: "orders",
      startingOffsets: "earliest",
      minOffsetsPerTrigger: 3,
      maxTriggerDelay: "1m",
    };
    const source = sourceOn(broker, options);
    const first = await step(source, await source.initialOffset(), PLENTY);
    expect(first.rows).toEqual(["orders-0:0"]);
    append(broker, "orders");
    const held = await step(source, first.to, PLENTY);
    expect(held).toMatchObject({ to: first.to, rows: [], behind: ["orders-0"] });
    append(broker, "orders");
    append(broker, "orders");
    const second = await step(source, held.to, PLENTY);
    expect(second.rows).toEqual(names("orders-0", 1, 4));
    append(broker, "orders");
    expect((await step(source, second.to, PLENTY)).rows).toEqual([]);
    broker.clock.pass(60_000);
    expect((await step(source, second.to, PLENTY)).rows).toEqual(["orders-0:4"]);
    append(broker, "orders");
    const target = await source.latestOffset(second.to, UNLIMITED);
    expect((await source.latestOffset(second.to, { ...PLENTY, until: target.offset })).offset).toEqual(target.offset);
  });

  it("has an end in a batch, fixed when it begins", async () => {
    const broker = brokerWith(6, 2);
    const options = {
      subscribe: "orders",
      startingOffsets: { orders: { 0: 1, 1: -2 } },
      endingOffsets: { orders: { 0: 4, 1: -1 } },
    };
    const source = sourceOn(broker, options, { streaming: false });
    const from = await source.initialOffset();
    append(broker, "orders", 1);
    const { offset, ended } = await source.latestOffset(from, UNLIMITED);
    expect(ended).toBe(true);
    expect(await read(source, from, offset)).toEqual([...names("orders-0", 1, 4), ...names("orders-1", 0, 2)]);
    expect(await source.latestOffset(offset, UNLIMITED)).toEqual({ offset, behind: [], ended: true });
    const beyond = sourceOn(
      broker,
      { subscribe: "orders", endingOffsets: { orders: { 0: 7, 1: -1 } } },
      { streaming: false },
    );
    await expect(beyond.initialOffset()).rejects.toThrow(
      "KAFKA_OFFSET_BEYOND_END: kafka(orders): endingOffsets ends at 7 of orders-0, which has records up to 6.",
    );
    const late = sourceOn(
      broker,
      { subscribe: "orders", startingOffsets: { orders: { 0: 8, 1: 0 } } },
      { streaming: false },
    );
    await expect(late.initialOffset()).rejects.toThrow(/KAFKA_OFFSET_BEYOND_END.*startingOffsets begins at 8/);
  });

  it("may be said in time", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders", { partitions: 2 });
    for (let i = 0; i < 8; i++) broker.append("orders", i % 2, [{ value: "x", timestamp: 1_000 * i }]);
    const batch = (options: object) => sourceOn(broker, { subscribe: "orders", ...options }, { streaming: false });
    const rowsOfBatch = async (options: object) => {
      const source = batch(options);
      return (await step(source, await source.initialOffset())).rows;
    };
    expect(await rowsOfBatch({ startingTimestamp: 3_000, endingTimestamp: "1970-01-01T00:00:05Z" })).toEqual([
      "orders-0:2",
      "orders-1:1",
    ]);
    const startingOffsetsByTimestamp = { orders: { 0: 6_000, 1: 9_000 } };
    expect(await rowsOfBatch({ startingOffsetsByTimestamp, startingOffsetsByTimestampStrategy: "latest" })).toEqual([
      "orders-0:3",
    ]);
    await expect(rowsOfBatch({ startingOffsetsByTimestamp })).rejects.toThrow(
      "KAFKA_NO_OFFSET_AT_TIME: kafka(orders): orders-1 has no record as new as startingOffsetsByTimestamp says.",
    );
    await expect(rowsOfBatch({ startingOffsets: { orders: { 0: 1 } } })).rejects.toThrow(
      "KAFKA_PARTITIONS_DIFFER: kafka(orders): startingOffsets says nothing of orders-1.",
    );
    await expect(rowsOfBatch({ startingOffsets: { orders: { 0: 1, 1: 1, 2: 1 } } })).rejects.toThrow(
      "names orders-2, which is not read",
    );
  });
});

describe("what a source tells of itself", () => {
  it("is its lag, by partition and with Spark's names", async () => {
    const broker = brokerWith(9, 3);
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest", maxOffsetsPerTrigger: 4 });
    const { to } = await step(source, await source.initialOffset(), PLENTY);
    expect(source.report(to)).toEqual({
      latestOffset: { topics: { orders: { id: broker.topicId("orders"), offsets: [9, 3] } } },
      metrics: {
        minOffsetsBehindLatest: 2,
        maxOffsetsBehindLatest: 6,
        avgOffsetsBehindLatest: 4,
        recordsLost: 0,
        dataLosses: 0,
        damagedBatches: 0,
      },
      lagByPartition: { "orders-0": 6, "orders-1": 2 },
    });
  });

  it("is what a group is told after a trigger, where a name is given; a failure is only told", async () => {
    const broker = brokerWith(2, 1);
    const warnings: string[] = [];
    const options = { subscribe: "orders", startingOffsets: "earliest", commitOffsetsToGroup: "dashboard" };
    const source = sourceOn(broker, options, { warnings });
    const { to } = await step(source, await source.initialOffset());
    await source.commit(to);
    await until(() => broker.groupOffset("dashboard", "orders", 1) !== null);
    expect(broker.groupOffset("dashboard", "orders", 0)).toMatchObject({ offset: 2 });
    broker.fail("OffsetCommit", 1, 30);
    await source.commit(to);
    await until(() => warnings.length > 0);
    expect(warnings[0]).toContain("could not commit its offsets to the group dashboard; the query goes on without");
    await source.close();
  });

  it("counts batches that are damaged, where they may be left out", async () => {
    const broker = brokerWith(1);
    broker.appendRaw("orders", 0, damagedBatch());
    append(broker, "orders");
    const strict = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest" });
    await expect(step(strict, await strict.initialOffset())).rejects.toMatchObject({ code: "KAFKA_RECORD_DAMAGED" });
    const lenient = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest", damaged: "skip" });
    const { to, rows } = await step(lenient, await lenient.initialOffset());
    expect(rows).toEqual(["orders-0:0", "orders-0:2"]);
    expect(lenient.report(to)?.metrics).toMatchObject({ damagedBatches: 1 });
  });
});

/** One record, one byte of which was turned over on its way. */
function damagedBatch(): Uint8Array {
  const record = { offset: 0, timestamp: 0, key: null, value: new TextEncoder().encode("x"), headers: [] };
  const batch = encodeFakeBatch({ base: 0, records: [record] });
  batch.set([0xff], batch.length - 2);
  return batch;
}

describe("waiting for records", () => {
  function waitingOn(options: object = {}, counts = [0, 0]) {
    const broker = new FakeBroker({ nodes: 2 });
    broker.createTopic("orders", { partitions: counts.length });
    fill(broker, "orders", counts);
    return { broker, source: sourceOn(broker, { subscribe: "orders", ...options }) };
  }

  it("is over as soon as a record is there, whichever broker has it; nobody asks meanwhile", async () => {
    const { broker, source } = waitingOn();
    const from = await source.initialOffset();
    await source.latestOffset(from, PLENTY);
    let isOver = false;
    const waiting = source.changed(from, never).then(() => {
      isOver = true;
    });
    await until(() => broker.count("Fetch") === 2);
    await settle();
    expect(broker.count("Fetch")).toBe(2);
    append(broker, "orders", 1);
    await until(() => isOver);
    await waiting;
    const { to, rows } = await step(source, from, PLENTY);
    expect(rows).toEqual(["orders-1:0"]);
    // The other broker's fetch still waits, and serves the next one who waits.
    const fetches = broker.count("Fetch");
    const again = source.changed(to, never);
    await settle();
    expect(broker.count("Fetch")).toBe(fetches + 1);
    append(broker, "orders", 0);
    await again;
    await source.close();
    expect(broker.openSockets).toBe(0);
  });

  it("goes on when a broker has had nothing for a while, without haste", async () => {
    const { broker, source } = waitingOn();
    const from = await source.initialOffset();
    let isOver = false;
    const waiting = source.changed(from, never).then(() => {
      isOver = true;
    });
    await until(() => broker.count("Fetch") === 2);
    for (let i = 0; i < 3; i++) {
      await broker.clock.advance(5_000);
      await settle();
    }
    expect(isOver).toBe(false);
    expect(broker.count("Fetch")).toBe(8);
    append(broker, "orders");
    await waiting;
    await source.close();
  });

  it("is over when there are new partitions with records", async () => {
    const { broker, source } = waitingOn({ metadataMaxAge: "3 seconds" });
    const from = await source.initialOffset();
    const waiting = source.changed(from, never);
    await until(() => broker.count("Fetch") === 2);
    broker.addPartitions("orders", 3);
    append(broker, "orders", 2);
    await broker.clock.advance(3_000);
    await waiting;
    expect((await step(source, from, PLENTY)).rows).toEqual(["orders-2:0"]);
    await source.close();
  });

  it("does not begin before there are enough of them", async () => {
    const { broker, source } = waitingOn({ minOffsetsPerTrigger: 2, startingOffsets: "earliest" }, [1]);
    const { to } = await step(source, await source.initialOffset(), PLENTY);
    append(broker, "orders");
    let isOver = false;
    const waiting = source.changed(to, never).then(() => {
      isOver = true;
    });
    await until(() => broker.clock.sleeping > 0);
    await settle();
    expect(isOver).toBe(false);
    append(broker, "orders");
    await broker.clock.advance(1_000);
    await waiting;
    await source.close();
  });

  it("ends with its signal and with the source", async () => {
    const { source } = waitingOn();
    const from = await source.initialOffset();
    const stop = new AbortController();
    const first = source.changed(from, stop.signal);
    const second = source.changed(from, never);
    stop.abort();
    await first;
    await source.close();
    await second;
  });
});

describe("a broker that does not answer", () => {
  it("is named, with partition and offset, when the stall timeout is over", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders");
    fill(broker, "orders", [3]);
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest", stallTimeout: "10 seconds" });
    const from = await source.initialOffset();
    const { offset } = await source.latestOffset(from, PLENTY);
    broker.stall(1);
    await expect(read(source, from, offset)).rejects.toThrow(
      /KAFKA_(STALLED|UNREACHABLE): Reading topic 'orders' partition 0 from offset 0 did not succeed within 10000 ms/,
    );
  });

  it("says where a range stands whose end never comes", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders");
    fill(broker, "orders", [3]);
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest", stallTimeout: "10 seconds" });
    const from = await source.initialOffset();
    const { offset } = await source.latestOffset(from, PLENTY);
    broker.append("orders", 0, [{ value: "open" }], { transaction: "t" });
    append(broker, "orders");
    const beyond = JSON.parse(JSON.stringify(offset).replace("[3]", "[5]"));
    await expect(read(source, from, beyond)).rejects.toThrow(
      "KAFKA_STALLED: kafka(orders): nothing has come of orders-0 for 10000 ms, at offset 3 of the range up to 5. " +
        "Its broker says: last stable offset 3, high watermark 5, first offset 0.",
    );
  });

  it("may come back in time", async () => {
    const broker = hastyBroker(2);
    broker.createTopic("orders", { partitions: 2 });
    fill(broker, "orders", [3, 3]);
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest" });
    const from = await source.initialOffset();
    broker.kill(1);
    const { offset } = await source.latestOffset(from, PLENTY);
    const reading = read(source, from, offset);
    broker.restart(1);
    expect(await reading).toEqual([...names("orders-0", 0, 3), ...names("orders-1", 0, 3)]);
  });
});
