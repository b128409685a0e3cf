import { expect, test } from "vitest";
import { readBatchRecords } from "./fake-batch-reader.js";
import { encodeFakeBatch, type FakeBatch } from "./fake-batch-writer.js";
import { FakeBroker } from "./fake-broker.js";
import { kafkajsBatch, kafkajsRequest, kafkajsResponse } from "./kafkajs-protocol.js";
import { RawClient } from "./raw-client.js";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function batchOf(values: readonly (string | null)[], more: Partial<FakeBatch> = {}): Uint8Array {
  const records = values.map((value, offset) => ({
    offset,
    timestamp: 1000 + offset,
    key: value === null ? null : text(value),
    value: text(value ?? "none"),
    headers: [],
  }));
  return encodeFakeBatch({ base: 0, records, ...more });
}

test("offsets, leader epochs and a sound crc come to what is produced", async () => {
  const broker = new FakeBroker();
  broker.createTopic("t");
  broker.moveLeader("t", 0, 1);
  const client = await RawClient.of(broker);
  expect(await client.produce({ topic: "t", batch: batchOf(["a", "b"]) })).toMatchObject({ error: 0, base: 0 });
  expect(await client.produce({ topic: "t", batch: batchOf(["c"]) })).toMatchObject({ error: 0, base: 2 });
  const { records, end } = await client.fetch({ topicId: broker.topicId("t"), offset: 2 });
  expect(end).toBe(3);
  expect(new DataView(records.buffer).getInt32(12)).toBe(1);
  expect((await kafkajsBatch(records)).records[0]).toMatchObject({ offset: "2" });
  expect(broker.committed("t")[0]!.map((record) => [record.offset, new TextDecoder().decode(record.key!)])).toEqual([
    [0, "a"],
    [1, "b"],
    [2, "c"],
  ]);
});

test("a batch of kafkajs is taken, its answer too", async () => {
  const broker = new FakeBroker();
  broker.createTopic("t");
  const client = await RawClient.of(broker);
  const messages = [{ key: Buffer.from("k"), value: Buffer.from("v"), timestamp: 5 }];
  const topicData = [{ topic: "t", partitions: [{ partition: 0, firstSequence: 0, messages }] }];
  const body = await kafkajsRequest("produce/v7", { acks: -1, timeout: 1, topicData });
  const answer = await client.bytes("Produce", body);
  // Version 8 has two more fields per partition, both empty here, where version 7 has the throttle time.
  expect(await kafkajsResponse("produce/v7", answer)).toMatchObject({
    topics: [{ topicName: "t", partitions: [{ partition: 0, errorCode: 0, baseOffset: "0", logStartOffset: "0" }] }],
  });
});

test("sequences: the same again is recognised, a gap refused, an old epoch fenced", async () => {
  const broker = new FakeBroker();
  broker.createTopic("t");
  const client = await RawClient.of(broker);
  const { producerId } = await client.initProducer(null);
  const send = (sequence: number, epoch = 0) =>
    client.produce({ topic: "t", batch: batchOf(["a", "b"], { producerId, epoch, sequence }) });
  expect(await send(2)).toMatchObject({ error: 45, base: -1 });
  expect(await send(0)).toMatchObject({ error: 0, base: 0 });
  expect(await send(2)).toMatchObject({ error: 0, base: 2 });
  expect(await send(0)).toMatchObject({ error: 0, base: 0 });
  expect(await send(2)).toMatchObject({ error: 0, base: 2 });
  expect(await send(6)).toMatchObject({ error: 45 });
  for (let sequence = 4; sequence <= 12; sequence += 2) expect(await send(sequence)).toMatchObject({ base: sequence });
  expect(await send(2)).toMatchObject({ error: 45 });
  expect(await send(4, 1)).toMatchObject({ error: 45 });
  expect(await send(0, 1)).toMatchObject({ error: 0, base: 14 });
  expect(await send(14)).toMatchObject({ error: 47 });
  expect(broker.offsets("t", 0).end).toBe(16);
});

test("sequences go on with 0 after the largest", async () => {
  const broker = new FakeBroker();
  broker.createTopic("t");
  const raw = batchOf(["a", "b"], { producerId: 1, epoch: 0, sequence: 2 ** 31 - 3 });
  broker.appendRaw("t", 0, raw);
  const client = await RawClient.of(broker);
  const wrapping = batchOf(["a", "b"], { producerId: 1, epoch: 0, sequence: 2 ** 31 - 1 });
  expect(await client.produce({ topic: "t", batch: wrapping })).toMatchObject({ error: 0, base: 2 });
  const behind = batchOf(["c"], { producerId: 1, epoch: 0, sequence: 1 });
  expect(await client.produce({ topic: "t", batch: behind })).toMatchObject({ error: 0, base: 4 });
});

test("what a broker refuses", async () => {
  const broker = new FakeBroker({ nodes: 2 });
  broker.createTopic("t", { configs: { "max.message.bytes": "200" } });
  broker.createTopic("keyed", { configs: { "cleanup.policy": "compact" } });
  broker.createTopic("punctual", { configs: { "message.timestamp.after.max.ms": "1000" } });
  const client = await RawClient.of(broker);
  const error = async (sent: Parameters<RawClient["produce"]>[0]) => (await client.produce(sent)).error;
  const damaged = batchOf(["a"]);
  damaged[damaged.length - 1]! ^= 1;
  expect(await error({ topic: "t", batch: damaged })).toBe(2);
  expect(await error({ topic: "gone", batch: batchOf(["a"]) })).toBe(3);
  expect(await error({ topic: "t", partition: 1, batch: batchOf(["a"]) })).toBe(3);
  expect(await error({ topic: "t", batch: batchOf(["a"]), node: 2 })).toBe(6);
  expect(await error({ topic: "t", batch: batchOf(["x".repeat(200)]) })).toBe(10);
  expect(await error({ topic: "t", batch: batchOf(["a"]), acks: 2 })).toBe(21);
  expect(await error({ topic: "t", batch: Buffer.concat([batchOf(["a"]), batchOf(["b"])]) })).toBe(87);
  expect(await error({ topic: "t", batch: batchOf(["a"], { last: 3 }) })).toBe(87);
  const stray = { topic: "t", batch: batchOf(["a"], { transactional: true, producerId: 1, sequence: 0 }) };
  expect(await error(stray)).toBe(53);
  expect(await error({ ...stray, transactionalId: "x" })).toBe(49);
  const keyed = await client.produce({ topic: "keyed", batch: batchOf(["a", null, "b", null]) });
  expect(keyed).toMatchObject({ error: 87, bad: [1, 3] });
  const ahead = { offset: 1, timestamp: broker.clock.now() + 1001, key: null, value: null, headers: [] };
  const records = [{ ...ahead, offset: 0, timestamp: broker.clock.now() }, ahead];
  const punctual = await client.produce({ topic: "punctual", batch: encodeFakeBatch({ base: 0, records }) });
  expect(punctual).toMatchObject({ error: 32, bad: [1] });
  expect(["t", "keyed", "punctual"].map((topic) => broker.offsets(topic, 0).end)).toEqual([0, 0, 0]);
});

test("a topic may stamp its own time", async () => {
  const broker = new FakeBroker();
  broker.createTopic("t", { configs: { "message.timestamp.type": "LogAppendTime" } });
  const client = await RawClient.of(broker);
  await broker.clock.advance(5);
  const now = broker.clock.now();
  expect(await client.produce({ topic: "t", batch: batchOf(["a"]) })).toMatchObject({ appendTime: now });
  broker.append("t", 0, [{ value: "b", timestamp: 3 }]);
  for (const offset of [0, 1]) {
    const { records } = await client.fetch({ topicId: broker.topicId("t"), offset, maxBytes: 1 });
    expect(readBatchRecords(records)[0]!.timestamp).toBe(now);
    expect((await kafkajsBatch(records)).records[0]!.timestamp).toBe(String(now));
  }
  expect(broker.committed("t")[0]!.map((record) => record.timestamp)).toEqual([now, now]);
});
