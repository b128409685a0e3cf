import { Kafka } from "kafkajs";
import { expect, test } from "vitest";
import type { KafkaError } from "../../../src/clients/kafka/kafka-error.js";
import { clusterMakerOf } from "../../../src/clients/kafka/kafkajs-cluster.js";
import { kafkajsFailure } from "../../../src/clients/kafka/kafkajs-failure.js";
import { providerOf } from "../../../src/clients/kafka/kafkajs-provider.js";
import { WireCluster } from "../../../src/clients/kafka/wire-cluster.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { FakeKafkajs } from "./fake-kafkajs.js";
import { failureOf, fetchedValues, passing, topicOf } from "./kafka-lab.js";

function setUp(seeds?: readonly string[]) {
  const broker = new FakeBroker({ nodes: 2 });
  const id = broker.createTopic("orders", { partitions: 2 });
  for (const partition of [0, 1]) broker.append("orders", partition, [{ value: `${partition}` }]);
  const kafkajs = new FakeKafkajs(broker, seeds);
  const open = () => WireCluster.open(providerOf(kafkajs.kafka), { clock: broker.clock, deadlineMs: 1000 });
  return { broker, kafkajs, id, open };
}

function fetchAll(cluster: WireCluster, topicId: string, maxWaitMs = 0) {
  const positions = [0, 1].map((partition) => ({ topicId, partition, offset: 0, maxBytes: 1e6 }));
  return cluster.fetch({ positions, isolation: "read_committed", maxWaitMs, minBytes: 1, maxBytes: 1e6 });
}

test("requests reach the broker they are for, with and without tagged fields in the header", async () => {
  const { kafkajs, id, open } = setUp();
  const cluster = await open();
  const topic = await topicOf(cluster, "orders");
  expect(topic.id).toBe(id);
  const offsets = await cluster.offsets(topic, [0, 1], { query: { kind: "latest" }, isolation: "read_committed" });
  expect([...offsets.values()]).toEqual([1, 1]);
  expect((await fetchAll(cluster, id)).map(fetchedValues)).toEqual([["0"], ["1"]]);
  expect(kafkajs.made.map(({ host }) => host).sort()).toEqual(["fake", "node-1.fake", "node-2.fake"]);
  await cluster.close();
  expect(kafkajs.disconnects).toBe(1);
});

test("many requests at once connect each connection once", async () => {
  const { kafkajs, id, open } = setUp();
  const cluster = await open();
  await Promise.all(Array.from({ length: 20 }, () => [fetchAll(cluster, id), cluster.topics(["orders"])]).flat());
  expect(kafkajs.made.flatMap(({ pool }) => pool.map(({ connects }) => connects)).every((count) => count <= 1)).toBe(
    true,
  );
});

test("a broker that nobody told of is asked for", async () => {
  const { broker, kafkajs, open } = setUp();
  const cluster = await open();
  const socket = kafkajs.made.length;
  expect(socket).toBe(3);
  const failure = await failureOf(
    providerOf(kafkajs.kafka)
      .openSocket()
      .then((own) => own.send(7, metadataRequest())),
  );
  expect(failure.message).toBe("the cluster knows no broker 7 at present");
  expect(broker.count("Metadata")).toBe(3);
  await cluster.close();
});

function metadataRequest() {
  return { api: 3, name: "Metadata", version: 12, flexible: true, body: new Uint8Array([0, 0, 0, 0]), timeoutMs: 100 };
}

test("seeds that are down are passed over, in this attempt or the next", async () => {
  const { broker, kafkajs, open } = setUp(["dead1:9092", "dead2:9092", "fake:9092"]);
  kafkajs.down.add("dead1:9092").add("dead2:9092");
  const cluster = await passing(broker.clock, open());
  expect(await cluster.topics(["orders"])).toHaveLength(1);
});

test("when no seed is left, brokers that are known answer for all", async () => {
  const { broker, kafkajs, open } = setUp();
  const cluster = await open();
  await topicOf(cluster, "orders");
  for (const { pool } of kafkajs.made) for (const connection of pool) connection.connected = false;
  kafkajs.down.add("fake:9092");
  expect(await passing(broker.clock, cluster.topics(["orders"]))).toHaveLength(1);
});

test("connections that were lost are made again, and errors name the address", async () => {
  const { broker, kafkajs, id, open } = setUp();
  const cluster = await open();
  await fetchAll(cluster, id);
  for (const { pool } of kafkajs.made) for (const connection of pool) connection.connected = false;
  expect((await fetchAll(cluster, id)).map(fetchedValues)).toEqual([["0"], ["1"]]);
  kafkajs.failure = Object.assign(new Error("Closed connection"), { name: "KafkaJSConnectionClosedError" });
  const failure = await failureOf(passing(broker.clock, cluster.topics(["orders"])));
  expect(failure.code).toBe("KAFKA_UNREACHABLE");
  expect(failure.message).toMatch(/(fake|node-\d.fake):9092: Closed connection/);
});

test("a connection on which a request timed out is given up", async () => {
  const { kafkajs, open } = setUp();
  const cluster = await open();
  const socket = await providerOf(kafkajs.kafka).openSocket();
  kafkajs.failure = Object.assign(new Error("Request Metadata timed out"), { name: "KafkaJSRequestTimeoutError" });
  const before = kafkajs.made.length;
  expect((await failureOf(socket.send(1, metadataRequest()))).message).toContain("Request Metadata timed out");
  kafkajs.failure = null;
  expect(await socket.send(1, metadataRequest())).toBeInstanceOf(Uint8Array);
  expect(kafkajs.made.slice(0, before).some(({ pool }) => pool[0]!.connects > 1)).toBe(true);
  await cluster.close();
});

test("closing ends a request that waits, at once, and nothing is sent any more", async () => {
  const { broker, kafkajs } = setUp();
  const socket = await providerOf(kafkajs.kafka).openSocket();
  await socket.send(1, metadataRequest());
  const connecting = failureOf(socket.send(2, metadataRequest()));
  broker.stall(1);
  const waiting = failureOf(socket.send(1, metadataRequest()));
  await Promise.resolve();
  await socket.close();
  expect((await waiting).message).toContain("closed");
  expect(await connecting).toMatchObject({ code: "KAFKA_CLOSED" });
  expect(await failureOf(socket.send(1, metadataRequest()))).toMatchObject({ code: "KAFKA_CLOSED" });
});

test("time limits are handed on", async () => {
  const { kafkajs } = setUp();
  const socket = await providerOf(kafkajs.kafka).openSocket();
  await socket.send(2, { ...metadataRequest(), timeoutMs: 1234 });
  expect(kafkajs.poolsOf("node-2.fake:9092")[0]!.timeouts).toContain(1234);
});

const unsupported = { code: "KAFKA_CLIENT_UNSUPPORTED", message: expect.stringContaining("kafkajs 2.2.x") };

test("an object that is no Kafka object is refused, with the versions that are known", () => {
  expect(() => providerOf({})).toThrow(expect.objectContaining(unsupported));
  expect(() => providerOf({ [Symbol("private:Kafka:createCluster")]: 3 })).toThrow(
    expect.objectContaining(unsupported),
  );
});

test("a Kafka object whose insides are different is refused by what is lacking", () => {
  const other = { [Symbol("private:Kafka:createCluster")]: () => ({ brokerPool: { createBroker: () => {} } }) };
  expect(clusterMakerOf(other)).toThrow(expect.objectContaining(unsupported));
  expect(clusterMakerOf(other)).toThrow("The kafkajs client has no disconnect, build, createSeedBroker");
});

test("the real kafkajs has the insides that are used", () => {
  expect(() => clusterMakerOf(new Kafka({ brokers: ["localhost:1"], logLevel: 0 }))()).not.toThrow();
});

test("answers that do not come through as they are fail when connecting", async () => {
  for (const mangle of [
    (payload: Buffer) => payload.subarray(1),
    (payload: Buffer) => ({ payload }),
    (payload: Buffer) => Buffer.concat([payload, payload]),
  ]) {
    const { kafkajs } = setUp();
    kafkajs.mangle = mangle;
    expect(await failureOf(providerOf(kafkajs.kafka).openSocket())).toMatchObject(unsupported);
    expect(kafkajs.disconnects).toBe(1);
  }
});

test("what no retry mends is told apart from what one does", () => {
  const named = (name: string, more: object = {}) => Object.assign(new Error("why"), { name, ...more });
  const wrapped = new Error("tried 5 times", { cause: named("KafkaJSSASLAuthenticationError") });
  const cases: readonly [Error, string | undefined][] = [
    [wrapped, "KAFKA_AUTHENTICATION"],
    [named("KafkaJSProtocolError", { type: "SASL_AUTHENTICATION_FAILED" }), "KAFKA_AUTHENTICATION"],
    [named("KafkaJSConnectionError", { code: "SELF_SIGNED_CERT_IN_CHAIN" }), "KAFKA_TLS"],
    [named("KafkaJSConnectionError", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }), "KAFKA_TLS"],
    [new TypeError("x is not a function"), "KAFKA_CLIENT_UNSUPPORTED"],
    [named("KafkaJSConnectionError", { code: "ECONNREFUSED" }), undefined],
    [named("KafkaJSRequestTimeoutError"), undefined],
  ];
  for (const [error, code] of cases) {
    const failure = kafkajsFailure(error, "host:9092");
    expect((failure as KafkaError).code).toBe(code);
    if (code !== "KAFKA_CLIENT_UNSUPPORTED") expect(failure.message).toContain("host:9092: why");
    expect(failure.cause).toBe(error);
  }
});
