import { describe, expect, it } from "vitest";
import { collect, rowsOf } from "../../fakes/rows-of.js";
import { append, fill, hastyBroker, names, never, read, revived, sourceOn, step } from "./source-on-broker.js";

function twoPartitions() {
  const broker = hastyBroker();
  broker.createTopic("orders", { partitions: 2 });
  fill(broker, "orders", [4, 3]);
  return broker;
}

describe("a Kafka source", () => {
  it("gives records with all their columns", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders");
    const headers = [["trace", "x"]] as const;
    broker.append("orders", 0, [
      { key: "k", value: "v", headers, timestamp: 1_000 },
      { value: null, timestamp: 2_000 },
    ]);
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest", includeHeaders: true });
    const from = await source.initialOffset();
    const { offset } = await source.latestOffset(from, { maxRows: 10, maxBytes: 1e6, maxFiles: null });
    const text = (bytes: unknown) => (bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : bytes);
    const rows = rowsOf(await collect(source.read(from, offset, never)));
    expect(
      rows.map((row) => ({ ...row, key: text(row["key"]), value: text(row["value"]), headers: undefined })),
    ).toEqual([
      {
        key: "k",
        value: "v",
        topic: "orders",
        partition: 0,
        offset: 0n,
        timestamp: "1970-01-01T00:00:01.000Z",
        timestampType: 0,
        headers: undefined,
      },
      {
        key: null,
        value: null,
        topic: "orders",
        partition: 0,
        offset: 1n,
        timestamp: "1970-01-01T00:00:02.000Z",
        timestampType: 0,
        headers: undefined,
      },
    ]);
    expect(rows.map((row) => row["headers"])).toEqual([[{ key: "trace", value: new TextEncoder().encode("x") }], null]);
    await source.close();
    expect(broker.openSockets).toBe(0);
  });

  it("begins a stream at the end and a batch at the beginning", async () => {
    const broker = twoPartitions();
    const stream = sourceOn(broker, { subscribe: "orders" });
    const from = await stream.initialOffset();
    expect((await step(stream, from)).rows).toEqual([]);
    append(broker, "orders", 1);
    expect((await step(stream, from)).rows).toEqual(["orders-1:3"]);
    const batch = sourceOn(broker, { subscribe: ["orders"] }, { streaming: false });
    const whole = await step(batch, await batch.initialOffset());
    expect(whole.rows).toEqual([...names("orders-0", 0, 4), ...names("orders-1", 0, 4)]);
  });

  it("says in its offsets the id of each topic and an offset for each partition", async () => {
    const broker = twoPartitions();
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: { orders: { 0: 1, 1: -1 } } });
    const from = await source.initialOffset();
    const id = broker.topicId("orders");
    expect(from).toEqual({ topics: { orders: { id, offsets: [1, 3] } } });
    const { to, rows, behind } = await step(source, from);
    expect(to).toEqual({ topics: { orders: { id, offsets: [4, 3] } } });
    expect(rows).toEqual(names("orders-0", 1, 4));
    expect(behind).toEqual(["orders-0"]);
    expect(await source.latestOffset(to, { maxRows: 1, maxBytes: 1, maxFiles: null })).toEqual({
      offset: to,
      behind: [],
      ended: false,
    });
  });

  it("gives a logged range again, in another process, whatever has come since", async () => {
    const broker = twoPartitions();
    const first = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest" });
    const one = await step(first, await first.initialOffset(), { maxRows: 4, maxBytes: 1e9, maxFiles: null });
    expect(one.rows).toEqual([...names("orders-0", 0, 2), ...names("orders-1", 0, 1)]);
    append(broker, "orders", 0);
    const later = sourceOn(broker, { subscribe: "orders" });
    expect(await read(later, revived(one.from), revived(one.to))).toEqual(one.rows);
    const rest = await step(later, revived(one.to));
    expect(rest.rows).toEqual([...names("orders-0", 2, 5), ...names("orders-1", 1, 3)]);
  });

  it("reads only committed records, up to the first open transaction, unless told otherwise", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders");
    append(broker, "orders");
    broker.append("orders", 0, [{ value: "aborted" }], { transaction: "a" });
    broker.append("orders", 0, [{ value: "committed" }], { transaction: "c" });
    broker.abort("a");
    broker.commit("c");
    broker.append("orders", 0, [{ value: "open" }], { transaction: "o" });
    append(broker, "orders");
    const committed = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest" });
    const seen = await step(committed, await committed.initialOffset());
    expect(seen.rows).toEqual(["orders-0:0", "orders-0:2"]);
    broker.commit("o");
    expect((await step(committed, seen.to)).rows).toEqual(["orders-0:5", "orders-0:6"]);
    const all = sourceOn(broker, {
      subscribe: "orders",
      startingOffsets: "earliest",
      isolationLevel: "read_uncommitted",
    });
    expect((await step(all, await all.initialOffset())).rows).toHaveLength(5);
  });

  it("ends a range at its offset, though no record is left there", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders");
    for (const key of ["a", "b", "a", "b", "a"]) broker.append("orders", 0, [{ key, value: "x" }]);
    broker.append("orders", 0, [{ key: "t", value: "x" }], { transaction: "t" });
    broker.abort("t");
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest" });
    const { from, to } = await step(source, await source.initialOffset());
    broker.compact("orders");
    append(broker, "orders");
    expect(await read(source, from, to)).toEqual(["orders-0:3", "orders-0:4"]);
    const next = await step(source, to);
    expect(next.rows).toEqual(["orders-0:7"]);
  });

  it("asks for nothing where there is nothing to read", async () => {
    const broker = twoPartitions();
    const source = sourceOn(broker, { subscribe: "orders" });
    const from = await source.initialOffset();
    expect(await read(source, from, from)).toEqual([]);
    expect(broker.count("Fetch")).toBe(0);
  });

  it("takes the topics of a pattern, whole names only, also those that come later", async () => {
    const broker = hastyBroker();
    for (const topic of ["orders", "orders-eu", "old-orders"]) {
      broker.createTopic(topic);
      append(broker, topic);
    }
    const source = sourceOn(broker, {
      subscribePattern: "orders.*",
      startingOffsets: "earliest",
      metadataMaxAge: "1 second",
    });
    const first = await step(source, await source.initialOffset());
    expect(first.rows).toEqual(["orders:0", "orders-eu:0"].map((name) => name.replace(":", "-0:")));
    broker.createTopic("orders-us");
    append(broker, "orders-us");
    expect((await step(source, first.to)).rows).toEqual([]);
    broker.clock.pass(1_000);
    const second = await step(source, first.to);
    expect(second.rows).toEqual(["orders-us-0:0"]);
    expect(await read(sourceOn(broker, { subscribe: "orders" }), revived(second.from), revived(second.to))).toEqual(
      second.rows,
    );
  });

  it("takes a pattern as it is written, flags too", async () => {
    const broker = hastyBroker();
    broker.createTopic("Orders");
    fill(broker, "Orders", [1]);
    const source = sourceOn(broker, { subscribePattern: /orders?/i, startingOffsets: "earliest" });
    expect((await step(source, await source.initialOffset())).rows).toEqual(["Orders-0:0"]);
  });

  it("reads the partitions that are assigned and no others", async () => {
    const broker = twoPartitions();
    const source = sourceOn(broker, { assign: '{"orders":[1]}', startingOffsets: "earliest" });
    const from = await source.initialOffset();
    expect(from).toEqual({ topics: { orders: { id: broker.topicId("orders"), offsets: [null, 0] } } });
    expect((await step(source, from)).rows).toEqual(names("orders-1", 0, 3));
    const missing = sourceOn(broker, { assign: { orders: [2] } });
    await expect(missing.initialOffset()).rejects.toMatchObject({ code: "KAFKA_PARTITION_UNKNOWN" });
  });

  it("names a topic that is not there", async () => {
    const source = sourceOn(hastyBroker(), { subscribe: "orders, payments" });
    await expect(source.initialOffset()).rejects.toThrow("KAFKA_TOPIC_UNKNOWN: kafka(orders, payments)");
  });

  it("reads new partitions from their beginning", async () => {
    const broker = twoPartitions();
    const source = sourceOn(broker, { subscribe: "orders", metadataMaxAge: 1_000 });
    const from = await source.initialOffset();
    broker.addPartitions("orders", 3);
    fill(broker, "orders", [0, 0, 2]);
    broker.clock.pass(1_000);
    const found = await step(source, from);
    expect(found.rows).toEqual(names("orders-2", 0, 2));
    expect(found.behind).toEqual(["orders-2"]);
    expect(await read(sourceOn(broker, { subscribe: "orders" }), revived(found.from), revived(found.to))).toEqual(
      found.rows,
    );
    expect(await source.latestOffset(found.to, { maxRows: 1, maxBytes: 1, maxFiles: null })).toMatchObject({
      offset: found.to,
    });
  });

  it("fetches ahead: many partitions with one request, and follows a leader that moves", async () => {
    const broker = hastyBroker(3);
    broker.createTopic("orders", { partitions: 6 });
    fill(broker, "orders", [5, 5, 5, 5, 5, 5]);
    const source = sourceOn(broker, { subscribe: "orders", startingOffsets: "earliest" });
    const from = await source.initialOffset();
    const all = [0, 1, 2, 3, 4, 5].flatMap((partition) => names(`orders-${partition}`, 0, 5));
    expect((await step(source, from)).rows).toEqual(all);
    expect(broker.count("Fetch")).toBe(3);
    broker.moveLeader("orders", 0, 2);
    broker.moveLeader("orders", 1, 1);
    expect((await step(source, from)).rows).toEqual(all);
  });

  it("keeps within its fetch sizes and gives the same rows", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders", { partitions: 2 });
    const value = "x".repeat(1_000);
    for (const partition of [0, 1]) {
      for (let i = 0; i < 100; i++) broker.append("orders", partition, [{ value }]);
    }
    const options = {
      subscribe: "orders",
      startingOffsets: "earliest",
      maxFetchBytes: 3_000,
      maxPartitionFetchBytes: 2_000,
    };
    const source = sourceOn(broker, options);
    const { rows } = await step(source, await source.initialOffset());
    expect(rows).toEqual([...names("orders-0", 0, 100), ...names("orders-1", 0, 100)]);
    expect(broker.count("Fetch")).toBeGreaterThan(90);
  });
});
