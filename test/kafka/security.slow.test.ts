import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KafkaConnection } from "../../src/dataframe/kafka-connection.js";
import { col, Session } from "../../src/index.js";
import { createTopic } from "./create-topic.js";
import { kafkaClient } from "./kafka-client.js";
import { SecuredBroker } from "./secured-broker.js";
import { topicName } from "./topic-name.js";
import { untilQuiet } from "./wire-reader.js";

const START_MS = 300_000;

let broker: SecuredBroker;
beforeAll(async () => {
  broker = await SecuredBroker.start();
}, START_MS);
afterAll(() => broker.remove());

/** What goes in by one way comes out by the same. */
async function roundTrip(connection: KafkaConnection): Promise<string[]> {
  const topic = topicName("security");
  await createTopic(kafkaClient({ address: broker.plaintext }), topic, { partitions: 2 });
  const session = new Session();
  const words = Array.from({ length: 100 }, (_, i) => ({ value: `word ${i}` }));
  await session.createDataFrame(words).write.kafka({ ...connection, topic });
  await untilQuiet({ address: broker.plaintext }, topic);
  const read = session.read.kafka({ ...connection, subscribe: topic });
  const rows = await read.select(col("value").cast("string").as("value")).collect();
  return rows.map(({ value }) => String(value)).sort();
}

const ALL = Array.from({ length: 100 }, (_, i) => `word ${i}`).sort();

it("TLS", async () => {
  const { address, certificate } = broker.tls;
  expect(await roundTrip({ brokers: [address], ssl: { ca: [certificate] } })).toEqual(ALL);
});

it("SASL/PLAIN", async () => {
  const { address } = broker.saslPlain;
  const sasl = { mechanism: "plain", ...SecuredBroker.PLAIN };
  expect(await roundTrip({ brokers: [address], sasl })).toEqual(ALL);
});

it("SASL/SCRAM over TLS", async () => {
  const { address, certificate } = broker.scramOverTls;
  const sasl = { mechanism: "scram-sha-256", ...SecuredBroker.SCRAM };
  expect(await roundTrip({ brokers: [address], ssl: { ca: [certificate] }, sasl })).toEqual(ALL);
});

it("SASL/SCRAM over TLS by a Kafka object of the program's own", async () => {
  const { address, certificate } = broker.scramOverTls;
  const client = new Kafka({
    brokers: [address],
    ssl: { ca: [certificate] },
    sasl: { mechanism: "scram-sha-256", ...SecuredBroker.SCRAM },
    logLevel: logLevel.NOTHING,
  });
  expect(await roundTrip({ client })).toEqual(ALL);
});

it("a wrong password and a certificate that nobody knows are told at once", async () => {
  const session = new Session();
  const { address } = broker.saslPlain;
  const sasl = { mechanism: "plain", username: "alice", password: "wrong" };
  const denied = session.read.kafka({ brokers: [address], sasl, subscribe: "any" }).collect();
  await expect(denied).rejects.toMatchObject({ code: "KAFKA_AUTHENTICATION" });
  const untrusted = session.read.kafka({ brokers: [broker.tls.address], ssl: true, subscribe: "any" }).collect();
  await expect(untrusted).rejects.toMatchObject({ code: "KAFKA_TLS" });
});
