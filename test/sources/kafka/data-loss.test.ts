import { describe, expect, it } from "vitest";
import { UNLIMITED } from "../../../src/sources/source.js";
import { append, fill, hastyBroker, names, never, read, revived, sourceOn, step } from "./source-on-broker.js";

const earliest = { subscribe: "orders", startingOffsets: "earliest" };

function tenRecords() {
  const broker = hastyBroker();
  broker.createTopic("orders");
  fill(broker, "orders", [10]);
  return broker;
}

describe("records that are gone before they were read", () => {
  it("end a query that comes back to them, with place, offsets and the way out", async () => {
    const broker = tenRecords();
    const first = sourceOn(broker, earliest);
    const { to } = await step(first, await first.initialOffset(), { maxRows: 3, maxBytes: 1e9, maxFiles: null });
    broker.deleteRecords("orders", 0, 5);
    const later = sourceOn(broker, earliest);
    await expect(step(later, revived(to))).rejects.toThrow(
      "KAFKA_DATA_LOSS: kafka(orders) has lost records: orders-0 is to be read from offset 3 on, but the oldest record " +
        "there has offset 5: retention or a deletion of records was faster. Set failOnDataLoss: false to go on at offset 5",
    );
  });

  it("are told, counted and passed over with failOnDataLoss: false", async () => {
    const broker = tenRecords();
    const first = sourceOn(broker, earliest);
    const { to } = await step(first, await first.initialOffset(), { maxRows: 3, maxBytes: 1e9, maxFiles: null });
    broker.deleteRecords("orders", 0, 5);
    const warnings: string[] = [];
    const later = sourceOn(broker, { ...earliest, failOnDataLoss: false }, { warnings });
    const next = await step(later, revived(to));
    expect(next.rows).toEqual(names("orders-0", 5, 10));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("KAFKA_DATA_LOSS");
    expect(later.report(next.to)?.metrics).toMatchObject({ recordsLost: 2, dataLosses: 1 });
    expect(await read(sourceOn(broker, earliest), revived(next.from), revived(next.to))).toEqual(next.rows);
  });

  it("are found where a range is read, too", async () => {
    const broker = tenRecords();
    const warnings: string[] = [];
    const source = sourceOn(broker, earliest);
    const lenient = sourceOn(broker, { ...earliest, failOnDataLoss: "false" }, { warnings });
    const from = await source.initialOffset();
    const { offset: to } = await source.latestOffset(from, { maxRows: 8, maxBytes: 1e9, maxFiles: null });
    broker.deleteRecords("orders", 0, 5);
    await expect(read(source, from, to)).rejects.toMatchObject({ code: "KAFKA_DATA_LOSS" });
    expect(await read(lenient, from, to)).toEqual(names("orders-0", 5, 8));
    const rest = await step(lenient, to);
    expect(lenient.report(rest.to)?.metrics).toMatchObject({ recordsLost: 5 });
  });

  it("are counted once, though a target, a wait for news and a range find them one after the other", async () => {
    const broker = tenRecords();
    const first = sourceOn(broker, earliest);
    const { to } = await step(first, await first.initialOffset(), { maxRows: 3, maxBytes: 1e9, maxFiles: null });
    broker.deleteRecords("orders", 0, 5);
    const warnings: string[] = [];
    const later = sourceOn(broker, { ...earliest, failOnDataLoss: false }, { warnings });
    const from = revived(to);
    const { offset: target } = await later.latestOffset(from, UNLIMITED);
    await later.changed(from, never);
    const limit = { maxRows: 1, maxBytes: 1e9, maxFiles: null, until: target };
    const one = await step(later, from, limit);
    const rest = await step(later, one.to, { ...limit, maxRows: 99 });
    expect([...one.rows, ...rest.rows]).toEqual(names("orders-0", 5, 10));
    expect(warnings).toHaveLength(1);
    expect(later.report(rest.to)?.metrics).toMatchObject({ recordsLost: 2, dataLosses: 1 });
  });

  it("were the first ones of a partition that was added, unless it is only assigned later", async () => {
    const broker = tenRecords();
    const first = sourceOn(broker, earliest);
    const from = revived((await step(first, await first.initialOffset())).to);
    broker.addPartitions("orders", 2);
    fill(broker, "orders", [0, 5]);
    broker.deleteRecords("orders", 1, 3);
    await expect(step(sourceOn(broker, earliest), from)).rejects.toThrow("orders-1 is to be read from offset 0 on");
    const lenient = sourceOn(broker, { ...earliest, failOnDataLoss: false });
    const { rows, to } = await step(lenient, from);
    expect(rows).toEqual(names("orders-1", 3, 5));
    expect(lenient.report(to)?.metrics).toMatchObject({ recordsLost: 3 });
    expect((await step(sourceOn(broker, { assign: { orders: [0, 1] } }), from)).rows).toEqual(rows);
  });

  it("were cut off by an unclean election", async () => {
    const broker = tenRecords();
    const warnings: string[] = [];
    const first = sourceOn(broker, earliest);
    const { from, to } = await step(first, await first.initialOffset());
    broker.truncate("orders", 0, 6);
    await expect(first.latestOffset(to, { maxRows: 1, maxBytes: 1, maxFiles: null })).rejects.toThrow(
      "orders-0 is to be read from offset 10 on, but the partition ends at offset 6 (its log was cut off)",
    );
    await expect(read(first, from, to)).rejects.toMatchObject({ code: "KAFKA_DATA_LOSS" });
    const lenient = sourceOn(broker, { ...earliest, failOnDataLoss: false }, { warnings });
    const next = await step(lenient, revived(to));
    expect(next.rows).toEqual([]);
    append(broker, "orders");
    expect((await step(lenient, next.to)).rows).toEqual(["orders-0:6"]);
    expect(warnings).toHaveLength(1);
  });

  it("are not lost while they wait behind an open transaction", async () => {
    const broker = tenRecords();
    const loose = sourceOn(broker, { ...earliest, isolationLevel: "read_uncommitted" });
    broker.append("orders", 0, [{ value: "open" }], { transaction: "t" });
    const { to } = await step(loose, await loose.initialOffset());
    const strict = sourceOn(broker, earliest);
    expect(await step(strict, revived(to))).toMatchObject({ to: revived(to), rows: [] });
  });

  it.each([false, true])("were in a topic that was deleted (created anew: %s)", async (anew) => {
    const broker = tenRecords();
    const strict = sourceOn(broker, { ...earliest, metadataMaxAge: 1 });
    const { from, to } = await step(strict, await strict.initialOffset(), {
      maxRows: 4,
      maxBytes: 1e9,
      maxFiles: null,
    });
    const { id } = { id: broker.topicId("orders") };
    broker.deleteTopic("orders");
    if (anew) {
      broker.createTopic("orders");
      fill(broker, "orders", [3]);
      expect(broker.topicId("orders")).not.toBe(id);
    }
    broker.clock.pass(1);
    const what = anew ? "was deleted and created anew" : "the topic was deleted";
    await expect(step(strict, to)).rejects.toThrow(what);
    await expect(read(strict, from, to)).rejects.toThrow("its topic is gone or was created anew");
    const warnings: string[] = [];
    const lenient = sourceOn(broker, { ...earliest, failOnDataLoss: false }, { warnings });
    expect(await read(lenient, from, to)).toEqual([]);
    const next = await step(lenient, revived(to));
    expect(next.rows).toEqual(anew ? names("orders-0", 0, 3) : []);
    expect(warnings).toHaveLength(2);
    expect(next.to).toEqual({
      topics: anew ? { orders: { id: broker.topicId("orders"), offsets: [3] } } : {},
      ...(anew ? { begins: { orders: [0] } } : {}),
    });
    expect(await read(strict, revived(next.from), revived(next.to))).toEqual(next.rows);
    expect((await lenient.latestOffset(next.to, { maxRows: 1, maxBytes: 1, maxFiles: null })).offset).toEqual(next.to);
  });

  it("is noticed in the middle of a query: a topic that goes while it is looked at", async () => {
    const broker = tenRecords();
    const source = sourceOn(broker, earliest);
    const { to } = await step(source, await source.initialOffset());
    broker.deleteTopic("orders");
    await expect(step(source, to)).rejects.toThrow("the topic was deleted");
  });

  it("is none where a topic goes as a query begins, and comes anew", async () => {
    const broker = tenRecords();
    const source = sourceOn(broker, earliest);
    broker.fail("ListOffsets", 1, 3);
    broker.onRequest = ({ api }) => {
      if (api !== "ListOffsets") return;
      broker.onRequest = null;
      broker.deleteTopic("orders");
      broker.createTopic("orders");
      fill(broker, "orders", [2]);
    };
    expect((await step(source, await source.initialOffset())).rows).toEqual(names("orders-0", 0, 2));
  });

  it("is no loss when the options leave a topic out; all of them at once is a mistake", async () => {
    const broker = tenRecords();
    broker.createTopic("payments");
    fill(broker, "payments", [2]);
    const both = sourceOn(broker, { subscribe: "orders,payments", startingOffsets: "earliest" });
    const { to } = await step(both, await both.initialOffset());
    append(broker, "orders");
    const warnings: string[] = [];
    const next = await step(sourceOn(broker, { subscribe: "orders" }, { warnings }), revived(to));
    expect(next.rows).toEqual(["orders-0:10"]);
    expect(next.to).toEqual({ topics: { orders: { id: broker.topicId("orders"), offsets: [11] } } });
    expect(warnings).toEqual(["kafka(orders) reads the topic payments no longer: its offsets are forgotten."]);
    broker.createTopic("returns");
    const other = sourceOn(broker, { subscribe: "returns" });
    await expect(step(other, revived(to))).rejects.toMatchObject({ code: "KAFKA_SUBSCRIPTION_CHANGED" });
  });
});

describe("restartFrom", () => {
  it("goes back on an existing checkpoint, once, in ranges that can be read again", async () => {
    const broker = hastyBroker();
    broker.createTopic("orders", { partitions: 2 });
    for (let i = 0; i < 6; i++) broker.append("orders", i % 2, [{ value: "x", timestamp: 1_000 * i }]);
    const first = sourceOn(broker, earliest);
    const { to } = await step(first, await first.initialOffset());
    const options = { ...earliest, restartFrom: "1970-01-01T00:00:03Z" };
    const back = sourceOn(broker, options);
    const one = await step(back, revived(to), { maxRows: 2, maxBytes: 1e9, maxFiles: null });
    expect(one.rows).toEqual(["orders-0:2", "orders-1:1"]);
    expect(one.to).toMatchObject({ again: "1970-01-01T00:00:03Z", begins: { orders: [2, 1] } });
    const later = sourceOn(broker, options);
    expect(await read(later, revived(one.from), revived(one.to))).toEqual(one.rows);
    const two = await step(later, revived(one.to));
    expect(two.rows).toEqual(["orders-1:2"]);
    expect(two.to).toEqual({
      topics: { orders: { id: broker.topicId("orders"), offsets: [3, 3] } },
      again: options.restartFrom,
    });
    expect((await step(later, two.to)).rows).toEqual([]);
    const other = sourceOn(broker, { ...earliest, restartFrom: { orders: { 0: -2, 1: -1 } } });
    expect((await step(other, revived(two.to))).rows).toEqual(names("orders-0", 0, 3));
  });

  it("is where a new query begins", async () => {
    const broker = tenRecords();
    const source = sourceOn(broker, { ...earliest, restartFrom: '{"orders":{"0":8}}' });
    expect((await step(source, await source.initialOffset())).rows).toEqual(names("orders-0", 8, 10));
  });

  it("forgets topics that are no more, without a loss", async () => {
    const broker = tenRecords();
    const first = sourceOn(broker, earliest);
    const { to } = await step(first, await first.initialOffset());
    broker.deleteTopic("orders");
    broker.createTopic("orders");
    fill(broker, "orders", [2]);
    const again = sourceOn(broker, { ...earliest, restartFrom: "earliest" });
    const { rows } = await step(again, revived(to));
    expect(rows).toEqual(names("orders-0", 0, 2));
  });

  it("moves even where there is nothing to read", async () => {
    const broker = tenRecords();
    const first = sourceOn(broker, earliest);
    const from = await first.initialOffset();
    const ahead = sourceOn(broker, { ...earliest, restartFrom: "latest" });
    const { to, rows } = await step(ahead, revived(from));
    expect(rows).toEqual([]);
    expect(to).toMatchObject({ topics: { orders: { offsets: [10] } }, again: "latest" });
  });
});
