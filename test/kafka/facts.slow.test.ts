import { setTimeout as wait } from "node:timers/promises";
import type { Kafka, Message } from "kafkajs";
import { beforeAll, expect, it, vi } from "vitest";
import type { KafkaBatchOptions } from "../../src/dataframe/kafka-read-options.js";
import { int32, Session, utf8 } from "../../src/index.js";
import type { Broker } from "../../tools/kafka/broker.mjs";
import { type ReadRecord, readTopics } from "../../tools/kafka/read-topics.mjs";
import { createTopic, type TopicShape, withAdmin } from "./create-topic.js";
import { connectedProducer, kafkaClient } from "./kafka-client.js";
import { ownDirectory } from "./own-directory.js";
import { recordsOf } from "./records-of.js";
import { sharedBroker } from "./shared-broker.js";
import { streamRows, textsOf } from "./stream-rows.js";
import { topicName } from "./topic-name.js";
import { untilQuiet, WireReader } from "./wire-reader.js";

const START_MS = 300_000;

let broker: Broker;
let kafka: Kafka;
let brokers: string[];
beforeAll(async () => {
  broker = await sharedBroker();
  kafka = kafkaClient(broker);
  brokers = [broker.address];
}, START_MS);

async function newTopic(what: string, shape: TopicShape = {}): Promise<string> {
  const topic = topicName(what);
  await createTopic(kafka, topic, shape);
  return topic;
}

async function send(topic: string, ...batches: readonly (readonly (Message | string)[])[]): Promise<void> {
  const producer = await connectedProducer(kafka);
  for (const batch of batches) {
    await producer.send({ topic, messages: batch.map((it) => (typeof it === "string" ? { value: it } : it)) });
  }
}

async function readBatch(options: KafkaBatchOptions): Promise<ReadRecord[]> {
  return recordsOf(await new Session().read.kafka({ brokers, ...options }).collect());
}

async function deleteRecords(topic: string, before: number): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] });
  });
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => String(from + i));
}

it("null keys and values, headers twice, empty and binary ones, times before 1970 and in the year 9999", async () => {
  const topic = await newTopic("odd", { configs: { "message.timestamp.after.max.ms": String(2n ** 63n - 1n) } });
  await send(topic, [
    { key: null, value: null, timestamp: "-62135596800000" },
    { key: "", value: "", timestamp: "-1000", headers: { "": "" } },
    { key: Buffer.alloc(4), value: Buffer.of(0, 255), headers: { twice: ["1", "2"], once: Buffer.of(0, 255) } },
    { key: "ü€𝄞", value: "grüße", timestamp: "253402300799999" },
  ]);
  expect(await readBatch({ subscribe: topic, includeHeaders: true })).toEqual(
    await readTopics(broker, "read_committed", topic),
  );
});

it("times of the broker, where the topic says so", async () => {
  const topic = await newTopic("append-time", { configs: { "message.timestamp.type": "LogAppendTime" } });
  await send(topic, [{ value: "a", timestamp: "5" }, "b"], ["c"]);
  const read = await readBatch({ subscribe: topic, includeHeaders: true });
  expect(read).toEqual(await readTopics(broker, "read_committed", topic));
  expect(read.map(({ timestampType }) => timestampType)).toEqual([1, 1, 1]);
});

it("every range over the holes of a compacted topic", async () => {
  const often = { "segment.ms": "100", "min.cleanable.dirty.ratio": "0.001" };
  const topic = await newTopic("compacted", { configs: { "cleanup.policy": "compact", ...often } });
  const round = (i: number) =>
    Array.from({ length: 10 }, (_, key) => ({ key: `${key % (1 + (i % 7))}`, value: `${i}` }));
  await send(topic, ...Array.from({ length: 10 }, (_, i) => round(i)));
  let reference = await readTopics(broker, "read_committed", topic);
  for (let tries = 0; reference.length > 40 && tries < 60; tries++) {
    await wait(300);
    await send(topic, [{ key: "last", value: `${tries}` }]);
    reference = await readTopics(broker, "read_committed", topic);
  }
  const reader = await WireReader.open(broker);
  const described = await reader.topic(topic);
  const end = await reader.end(described, "read_committed");
  // The cleaner goes on behind us, so only what it has left alone counts.
  const settledEnd = 100;
  for (let from = 0; from <= settledEnd; from += 3) {
    for (let to = from; to <= settledEnd; to += 7) {
      const read = await reader.read(described, { from, to, isolation: "read_committed", maxBytes: 500 });
      expect(read, `[${from}, ${to})`).toEqual(reference.filter(({ offset }) => offset >= from && offset < to));
    }
  }
  await reader.close();
  expect(reference.length).toBeLessThan(end / 2);
});

it("records of 10 MB, one to a fetch", async () => {
  const configs = { "max.message.bytes": String(12 * 2 ** 20) };
  const topic = await newTopic("large", { configs });
  const texts = ["a", "b", "c"].map((letter) => letter.repeat(10 * 2 ** 20));
  await send(topic, ...texts.map((text) => [text]), ["small"]);
  const options = { subscribe: topic, maxPartitionFetchBytes: 1000, maxFetchBytes: 1000 };
  expect(textsOf(await readBatch(options)).map((text) => `${text?.[0]}${text?.length}`)).toEqual([
    ...["a10485760", "b10485760", "c10485760", "s5"],
  ]);
});

it("an open transaction hides all behind it, and holds nobody up", async () => {
  const topic = await newTopic("open");
  await send(topic, ["before"]);
  const producer = await connectedProducer(kafka, topic);
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ value: "inside" }] });
  await send(topic, ["behind"]);
  const stream = await streamRows({ brokers, subscribe: topic });
  await stream.settled();
  expect(textsOf(stream.records)).toEqual(["before"]);
  expect(textsOf(await readBatch({ subscribe: topic }))).toEqual(["before"]);
  const all = await readBatch({ subscribe: topic, isolationLevel: "read_uncommitted" });
  expect(textsOf(all)).toEqual(["before", "inside", "behind"]);
  await transaction.commit();
  await vi.waitFor(async () => {
    await stream.settled();
    expect(textsOf(stream.records)).toEqual(["before", "inside", "behind"]);
  }, 10_000);
});

it("a range whose beginning was deleted ends with an error, or goes on behind it", async () => {
  const topic = await newTopic("deleted");
  await send(topic, numbers(0, 10));
  await deleteRecords(topic, 5);
  const range = { subscribe: topic, startingOffsets: { [topic]: { 0: 3 } }, endingOffsets: { [topic]: { 0: 8 } } };
  await expect(readBatch(range)).rejects.toMatchObject({ code: "KAFKA_DATA_LOSS" });
  await expect(readBatch(range)).rejects.toThrow(/offset 3 .* oldest record there has offset 5/);
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  expect(textsOf(await readBatch({ ...range, failOnDataLoss: false }))).toEqual(numbers(5, 8));
  expect(String(warn.mock.calls[0]?.[0])).toMatch(/^KAFKA_DATA_LOSS: .*It goes on at offset 5/);
});

it("retention that overtakes a stopped stream is told, or passed over", async () => {
  const topic = await newTopic("overtaken");
  await send(topic, numbers(0, 4));
  const checkpoint = await ownDirectory();
  const first = await streamRows({ brokers, subscribe: topic }, checkpoint);
  await first.settled();
  await first.stop();
  await send(topic, numbers(4, 10));
  await deleteRecords(topic, 7);
  const second = await streamRows({ brokers, subscribe: topic }, checkpoint);
  await expect(second.settled()).rejects.toMatchObject({ code: "KAFKA_DATA_LOSS" });
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const third = await streamRows({ brokers, subscribe: topic, failOnDataLoss: false }, checkpoint);
  await third.settled();
  expect(textsOf([...first.records, ...third.records])).toEqual([...numbers(0, 4), ...numbers(7, 10)]);
});

it("an end that is not there yet is refused, with the end that is", async () => {
  const topic = await newTopic("past-end");
  await send(topic, numbers(0, 3));
  const past = readBatch({ subscribe: topic, endingOffsets: { [topic]: { 0: 5 } } });
  await expect(past).rejects.toThrow(/endingOffsets ends at 5.*records up to 3/);
});

it("a stream that is to begin behind the end is told so, and begins nowhere else", async () => {
  const topic = await newTopic("behind-end");
  await send(topic, numbers(0, 3));
  const stream = await streamRows({ brokers, subscribe: topic, startingOffsets: { [topic]: { 0: 5 } } });
  await expect(stream.settled()).rejects.toThrow(
    /KAFKA_DATA_LOSS.*from offset 5 on, but the partition ends at offset 3/,
  );
});

it("a topic that was deleted and created anew is not taken for the old one", async () => {
  const topic = await newTopic("anew");
  await send(topic, ["old 0", "old 1", "old 2"]);
  const checkpoint = await ownDirectory();
  const first = await streamRows({ brokers, subscribe: topic }, checkpoint);
  await first.settled();
  await first.stop();
  await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
  await vi.waitFor(() => createTopic(kafka, topic), 10_000);
  await send(topic, ["new 0", "new 1", "new 2", "new 3", "new 4"]);
  const second = await streamRows({ brokers, subscribe: topic }, checkpoint);
  await expect(second.settled()).rejects.toThrow(/KAFKA_DATA_LOSS.*deleted and created anew/s);
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const third = await streamRows({ brokers, subscribe: topic, failOnDataLoss: false }, checkpoint);
  await third.settled();
  expect(textsOf(third.records)).toEqual(["new 0", "new 1", "new 2", "new 3", "new 4"]);
});

it("a topic that is created anew under a running stream is told", async () => {
  const topic = await newTopic("anew-running");
  await send(topic, ["old 0", "old 1"]);
  const stream = await streamRows({ brokers, subscribe: topic, metadataMaxAge: 200 });
  await stream.settled();
  await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
  await vi.waitFor(() => createTopic(kafka, topic), 10_000);
  await send(topic, ["new 0", "new 1", "new 2"]);
  await expect(vi.waitUntil(() => stream.settled(), 10_000)).rejects.toMatchObject({ code: "KAFKA_DATA_LOSS" });
  expect(textsOf(stream.records)).toEqual(["old 0", "old 1"]);
});

it("partitions that are added are read from their first record on", async () => {
  const topic = await newTopic("grown");
  await send(topic, ["a"]);
  const stream = await streamRows({ brokers, subscribe: topic, metadataMaxAge: 200 });
  await stream.settled();
  await withAdmin(kafka, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }));
  const fresh = kafkaClient(broker);
  const producer = await connectedProducer(fresh);
  const messages = [0, 1, 2].map((partition) => ({ partition, value: `in ${partition}` }));
  await vi.waitFor(() => producer.send({ topic, messages }), 10_000);
  await vi.waitFor(async () => {
    await stream.settled();
    expect(textsOf(stream.records).sort()).toEqual(["a", "in 0", "in 1", "in 2"]);
  }, 20_000);
});

it("topics that come later and match the pattern are read", async () => {
  const prefix = topicName("pattern");
  await createTopic(kafka, `${prefix}-a`);
  await send(`${prefix}-a`, ["a"]);
  const stream = await streamRows({ brokers, subscribePattern: `${prefix}-.`, metadataMaxAge: 200 });
  await stream.settled();
  await createTopic(kafka, `${prefix}-b`);
  await createTopic(kafka, `${prefix}-not`);
  await send(`${prefix}-b`, ["b"]);
  await send(`${prefix}-not`, ["c"]);
  await vi.waitFor(async () => {
    await stream.settled();
    expect(textsOf(stream.records).sort()).toEqual(["a", "b"]);
  }, 20_000);
});

it("from an instant to another", async () => {
  const topic = await newTopic("instants", { partitions: 2 });
  const hour = (i: number) => Date.UTC(2024, 0, 1, i);
  const messages = Array.from({ length: 24 }, (_, i) => ({ value: `${i}`, partition: i % 2, timestamp: `${hour(i)}` }));
  await send(topic, messages);
  const read = await readBatch({
    subscribe: topic,
    startingTimestamp: "2024-01-01T08:00:00Z",
    endingTimestamp: new Date(hour(12)),
  });
  expect(
    textsOf(read)
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual([8, 9, 10, 11]);
});

it("a group that is told how far the query is", async () => {
  const topic = await newTopic("lag", { partitions: 2 });
  await send(topic, [
    { partition: 0, value: "a" },
    { partition: 1, value: "b" },
    { partition: 1, value: "c" },
  ]);
  const group = topicName("dashboard");
  const stream = await streamRows({ brokers, subscribe: topic, commitOffsetsToGroup: group }, await ownDirectory());
  await stream.settled();
  await vi.waitFor(async () => {
    const [told] = await withAdmin(kafka, (admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    const offsets = told?.partitions.map(({ partition, offset }) => [partition, offset]).sort();
    expect(offsets).toEqual([
      [0, "1"],
      [1, "2"],
    ]);
  }, 10_000);
});

it("a topic of 1000 partitions is written to and read", async () => {
  const topic = await newTopic("wide", { partitions: 1000 });
  const session = new Session();
  const schema = { value: utf8(), partition: int32() };
  const rows = Array.from({ length: 1000 }, (_, partition) => ({ value: `${partition}`, partition }));
  await session.createDataFrame(rows, schema).write.kafka({ brokers, topic });
  await untilQuiet(broker, topic);
  const read = await readBatch({ subscribe: topic });
  expect(read.map(({ partition, value }) => [partition, value])).toEqual(
    rows.map(({ partition, value }) => [partition, Buffer.from(value).toString("hex")]),
  );
  await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
});
