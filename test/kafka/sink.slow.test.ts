import * as zlib from "node:zlib";
import type { Kafka } from "kafkajs";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { col, int64, lit, MemoryStream, Session, struct, toJson, utf8 } from "../../src/index.js";
import type { Broker } from "../../tools/kafka/broker.mjs";
import { type ReadRecord, readTopics } from "../../tools/kafka/read-topics.mjs";
import { createTopic, type TopicShape, withAdmin } from "./create-topic.js";
import { connectedProducer, kafkaClient } from "./kafka-client.js";
import { ownDirectory } from "./own-directory.js";
import { sharedBroker } from "./shared-broker.js";
import { textsOf } from "./stream-rows.js";
import { topicName } from "./topic-name.js";
import { untilQuiet } from "./wire-reader.js";

const START_MS = 300_000;
/** Node itself writes zstd, from 22.15 on. */
const CODECS = ["none", "gzip", "snappy", "lz4", ...("zstdCompressSync" in zlib ? (["zstd"] as const) : [])] as const;

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

async function recordsIn(topic: string): Promise<readonly ReadRecord[]> {
  await untilQuiet(broker, topic);
  return readTopics(broker, "read_committed", topic);
}

async function textsIn(topic: string): Promise<(string | null)[]> {
  return textsOf(await recordsIn(topic));
}

/** A stream of words into a topic, on a checkpoint: each of them in a trigger of its own, for the first time or again. */
async function write(
  words: readonly string[],
  to: { topic: string; checkpoint: string; resetSink?: boolean },
): Promise<string> {
  const { topic, checkpoint, resetSink = false } = to;
  const stream = new MemoryStream({ value: utf8() });
  for (const value of words) stream.add([{ value }]);
  const frame = new Session().readStream.memory(stream);
  const writer = frame.writeStream.option("maxRowsPerTrigger", 1).checkpoint(checkpoint);
  const query = await writer.kafka({ brokers, topic, resetSink }).start();
  try {
    await query.processAllAvailable();
    return query.id;
  } finally {
    await query.stop();
  }
}

it("a copy of a topic has the same keys, values, headers and times", async () => {
  const from = await newTopic("original");
  const to = await newTopic("copy");
  const producer = await connectedProducer(kafka);
  const messages = [
    { key: null, value: null, timestamp: "-5" },
    { key: "", value: "", headers: { "": "" } },
    { key: Buffer.alloc(4), value: Buffer.of(0, 255), headers: { twice: ["1", "2"], once: Buffer.of(0, 255) } },
    ...Array.from({ length: 3000 }, (_, i) => ({ key: `key ${i}`, value: `value ${i}`.repeat(i % 20) })),
  ];
  await producer.send({ topic: from, messages });
  const read = new Session().readStream.kafka({
    brokers,
    subscribe: from,
    startingOffsets: "earliest",
    includeHeaders: true,
    maxOffsetsPerTrigger: 700,
  });
  const query = await read
    .select("key", "value", "headers", "timestamp")
    .writeStream.checkpoint(await ownDirectory())
    .kafka({ brokers, topic: to, maxBatchBytes: 10_000 })
    .start();
  await query.processAllAvailable();
  await query.stop();
  const content = async (topic: string) =>
    (await recordsIn(topic)).map(({ key, value, headers, timestamp }: ReadRecord) => {
      return { key, value, headers, timestamp };
    });
  expect(await content(to)).toEqual(await content(from));
});

it.each(CODECS)("compression %s is understood by Kafka's own consumer", async (compression) => {
  const topic = await newTopic(`written-${compression}`, { partitions: 3 });
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    key: `key ${i % 100}`,
    value: `${i} ${"again ".repeat(i % 9)}`,
  }));
  await new Session().createDataFrame(rows).write.kafka({ brokers, topic, compression, maxBatchBytes: 50_000 });
  const found = (await textsIn(topic)).sort();
  expect(found).toEqual(rows.map(({ value }) => value).sort());
});

it("keys go to the partitions where other clients look for them", async () => {
  const keys = Array.from({ length: 500 }, (_, i) => `key ${i * 7919}`);
  const ours = await newTopic("ours", { partitions: 7 });
  const theirs = await newTopic("theirs", { partitions: 7 });
  await new Session().createDataFrame(keys.map((key) => ({ key, value: key }))).write.kafka({ brokers, topic: ours });
  const producer = await connectedProducer(kafka);
  await producer.send({ topic: theirs, messages: keys.map((key) => ({ key, value: key })) });
  const places = async (topic: string) =>
    (await recordsIn(topic)).map(({ key, partition }) => `${key} ${partition}`).sort();
  expect(await places(ours)).toEqual(await places(theirs));
});

it("update mode replaces rows under their keys, and deletes by tombstones", async () => {
  const topic = await newTopic("updated");
  const words = new MemoryStream({ word: utf8() });
  const session = new Session();
  const totals = session.readStream
    .memory(words)
    .groupBy("word")
    .count()
    .filter(col("count").lt(3))
    .select(col("word").as("key"), toJson(struct("count")).as("value"));
  const query = await totals.writeStream
    .outputMode("update")
    .checkpoint(await ownDirectory())
    .kafka({ brokers, topic })
    .start();
  onTestFinished(() => query.stop());
  for (const batch of [["a", "b"], ["a"], ["c", "a"]]) {
    words.add(batch.map((word) => ({ word })));
    await query.processAllAvailable();
  }
  const last = new Map((await recordsIn(topic)).map(({ key, value }) => [key, value]));
  const text = (hex: string | null) => (hex === null ? "null" : Buffer.from(hex, "hex").toString());
  expect([...last].map(([key, value]) => `${text(key)} ${text(value)}`).sort()).toEqual([
    ...["a null", 'b {"count":1}', 'c {"count":1}'],
  ]);
});

it("the group's offset is forgotten: the compacted topic still tells what is written", async () => {
  const to = { topic: await newTopic("forgotten"), checkpoint: await ownDirectory() };
  const id = await write(["a"], to);
  await withAdmin(kafka, (admin) => admin.deleteGroups([`millrace-${id}-main`]));
  await write(["a", "b"], to);
  expect(await textsIn(to.topic)).toEqual(["a", "b"]);
});

it("both markers are gone: refused, unless the sink is reset", async () => {
  const to = { topic: await newTopic("markerless"), checkpoint: await ownDirectory() };
  const id = await write(["a", "b"], to);
  await withAdmin(kafka, async (admin) => {
    await admin.deleteGroups([`millrace-${id}-main`]);
    await admin.deleteTopics({ topics: [`${to.topic}.millrace-commits`] });
  });
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  await expect(write(["a", "b", "c"], to)).rejects.toMatchObject({ code: "SINK_MARKER_MISSING" });
  await write(["a", "b", "c"], { ...to, resetSink: true });
  expect(await textsIn(to.topic)).toEqual(["a", "b", "c"]);
});

it("a row that is too large for the topic is named, and nothing of its batch can be read", async () => {
  const topic = await newTopic("too-large", { configs: { "max.message.bytes": "2000" } });
  const rows = [
    { key: "small", value: "a" },
    { key: "the large one", value: "b".repeat(5000) },
  ];
  const frame = new Session().createDataFrame(rows);
  await expect(frame.write.kafka({ brokers, topic, maxRequestSize: 3000 })).rejects.toThrow(/the large one/);
  await expect(frame.write.kafka({ brokers, topic })).rejects.toMatchObject({ code: expect.stringMatching(/^KAFKA_/) });
  expect(await textsIn(topic)).toEqual([]);
});

it("a topic that is not there is refused, and not made", async () => {
  const topic = topicName("unknown");
  const frame = new Session().createDataFrame([{ value: "a" }]);
  await expect(frame.write.kafka({ brokers, topic })).rejects.toMatchObject({ code: "KAFKA_TOPIC_UNKNOWN" });
  expect(await withAdmin(kafka, (admin) => admin.listTopics())).not.toContain(topic);
});

it("at-least-once without transactions: rows are there for readers of uncommitted records at once", async () => {
  const topic = await newTopic("plain");
  const numbers = new MemoryStream({ n: int64() });
  const frame = new Session().readStream
    .memory(numbers)
    .select(col("n").cast("string").as("value"), lit("k").as("key"));
  const writer = frame.writeStream.guarantee("at-least-once").checkpoint(await ownDirectory());
  const query = await writer.kafka({ brokers, topic }).start();
  onTestFinished(() => query.stop());
  numbers.add([{ n: 1 }, { n: 2 }]);
  await query.processAllAvailable();
  expect(query.guarantee.level).toBe("at-least-once");
  expect(await textsIn(topic)).toEqual(["1", "2"]);
});
