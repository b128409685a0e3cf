import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Kafka } from "kafkajs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KafkaBatchOptions } from "../../src/dataframe/kafka-read-options.js";
import { count, Session, sum } from "../../src/index.js";
import type { Broker } from "../../tools/kafka/broker.mjs";
import { createTopic } from "./create-topic.js";
import { connectedProducer, kafkaClient } from "./kafka-client.js";
import { newBroker } from "./own-broker.js";
import { recordsOf } from "./records-of.js";
import { textsOf } from "./stream-rows.js";
import { topicName } from "./topic-name.js";

const START_MS = 300_000;

let broker: Broker;
let kafka: Kafka;
let brokers: string[];
beforeAll(async () => {
  broker = await newBroker();
  kafka = kafkaClient(broker);
  brokers = [broker.address];
}, START_MS);
afterAll(() => broker.remove());

async function filled(what: string, ...batches: readonly (readonly string[])[]): Promise<string> {
  const topic = topicName(what);
  await createTopic(kafka, topic);
  const producer = await connectedProducer(kafka);
  for (const batch of batches) await producer.send({ topic, messages: batch.map((value) => ({ value })) });
  await producer.disconnect();
  return topic;
}

async function textsIn(options: KafkaBatchOptions): Promise<(string | null)[]> {
  return textsOf(recordsOf(await new Session().read.kafka({ brokers, ...options }).collect()));
}

it("kill -9 of the broker in the middle of 250,000 rows: the read goes on when it is back, and misses none", async () => {
  const rows = 250_000;
  const batch = Array.from({ length: 5000 }, (_, i) => `row ${i}`);
  const topic = await filled("killed", ...Array.from({ length: rows / batch.length }, () => batch));
  // In small pieces, so that there is a middle.
  const frame = new Session().read.kafka({ brokers, subscribe: topic, maxFetchBytes: 1, maxPartitionFetchBytes: 1 });
  let isDone = false;
  const reading = frame
    .agg({ rows: count(), offsets: sum("offset") })
    .collect()
    .finally(() => {
      isDone = true;
    });
  await wait(100);
  await broker.kill();
  expect(isDone).toBe(false);
  await broker.start();
  expect(await reading).toEqual([{ rows, offsets: (rows * (rows - 1)) / 2 }]);
});

it("a byte that was changed on the broker's disk is found, and told by its place", async () => {
  const topic = await filled("flipped", ["a", "b"], ["c", "d"], ["e"]);
  await broker.stop();
  const segment = join(broker.directory, "data", `${topic}-0`, `${"0".repeat(20)}.log`);
  const bytes = await readFile(segment);
  const at = bytes.lastIndexOf("d");
  bytes[at] = bytes[at]! ^ 1;
  await writeFile(segment, bytes);
  await broker.start();
  await expect(textsIn({ subscribe: topic })).rejects.toMatchObject({
    code: "KAFKA_RECORD_DAMAGED",
    message: expect.stringContaining(`topic ${topic}, partition 0, offset 2`),
  });
  expect(await textsIn({ subscribe: topic, damaged: "skip" })).toEqual(["a", "b", "e"]);
});

it("a broker that stands still is told, and read when it goes on", async () => {
  const topic = await filled("stalled", ["a"]);
  broker.pause();
  const began = Date.now();
  const stalled = textsIn({ subscribe: topic, stallTimeout: 2000 });
  await expect(stalled).rejects.toMatchObject({ code: expect.stringMatching(/^KAFKA_(STALLED|UNREACHABLE)$/) });
  expect(Date.now() - began).toBeLessThan(20_000);
  const patient = textsIn({ subscribe: topic, stallTimeout: 60_000 });
  await wait(1000);
  broker.continue();
  expect(await patient).toEqual(["a"]);
});

it("a broker that is away is told by its address, and waited for", async () => {
  const topic = await filled("away", ["a"]);
  await broker.stop();
  await expect(textsIn({ subscribe: topic, stallTimeout: 2000 })).rejects.toMatchObject({
    code: "KAFKA_UNREACHABLE",
    message: expect.stringContaining(broker.address),
  });
  const patient = textsIn({ subscribe: topic, stallTimeout: 60_000 });
  await broker.start();
  expect(await patient).toEqual(["a"]);
});
