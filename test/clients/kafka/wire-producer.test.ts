import { expect, test } from "vitest";
import type { KafkaProducer } from "../../../src/clients/kafka/kafka-producer.js";
import { nextSequence } from "../../../src/clients/kafka/next-sequence.js";
import type { WireCluster } from "../../../src/clients/kafka/wire-cluster.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import type { Fault } from "../../fakes/kafka/faults.js";
import { batchOf, failureOf, openCluster, passing, sendTo, topicOf, valuesOf } from "./kafka-lab.js";

function producerOf(cluster: WireCluster, transactionalId: string | null = "tx"): KafkaProducer {
  return cluster.producer({ transactionalId, transactionTimeoutMs: 60_000 });
}

async function setUp(nodes = 1, configs: Readonly<Record<string, string>> = {}) {
  const broker = new FakeBroker({ nodes });
  broker.createTopic("out", { partitions: 2, configs });
  const cluster = await openCluster(broker);
  return { broker, cluster, topic: await topicOf(cluster, "out") };
}

const marker = (offset: number) => [{ topic: "out", partition: 0, offset, metadata: `n${offset}` }];

test("rows and group offsets count when the transaction does", async () => {
  const { broker, cluster, topic } = await setUp();
  const producer = producerOf(cluster);
  await producer.fence();
  await sendTo(producer, { topic, partition: 0 }, ["a", "b"], ["c"]);
  await sendTo(producer, { topic, partition: 1 }, ["d"]);
  await producer.sendOffsets("g", marker(1));
  expect(valuesOf(broker, "out")).toEqual([]);
  expect(broker.groupOffset("g", "out", 0)).toBeNull();
  await producer.commit();
  expect([valuesOf(broker, "out"), valuesOf(broker, "out", 1)]).toEqual([["a", "b", "c"], ["d"]]);
  expect(await cluster.groupOffsets("g", "out", [0])).toEqual(marker(1));
  expect(broker.count("AddPartitionsToTxn")).toBe(2);
});

test("an aborted transaction leaves nothing, and the next one is whole", async () => {
  const { broker, cluster, topic } = await setUp();
  const producer = producerOf(cluster);
  await producer.fence();
  await sendTo(producer, { topic, partition: 0 }, ["a"]);
  await producer.sendOffsets("g", marker(1));
  await producer.abort();
  await sendTo(producer, { topic, partition: 0 }, ["b"]);
  await producer.commit();
  expect(valuesOf(broker, "out")).toEqual(["b"]);
  expect(broker.groupOffset("g", "out", 0)).toBeNull();
});

test("a transaction without anything costs no request", async () => {
  const { broker, cluster } = await setUp();
  const producer = producerOf(cluster);
  await producer.fence();
  const before = broker.calls.length;
  await producer.send([]);
  await producer.sendOffsets("g", []);
  await producer.commit();
  await producer.abort();
  expect(broker.calls.length).toBe(before);
});

test("the fence ends what its predecessor began, and shuts it out", async () => {
  const { broker, cluster, topic } = await setUp();
  const zombie = producerOf(cluster);
  await zombie.fence();
  await sendTo(zombie, { topic, partition: 0 }, ["zombie"]);
  await zombie.sendOffsets("g", marker(9));
  const successor = producerOf(cluster);
  await passing(broker.clock, successor.fence());
  expect(await cluster.groupOffsets("g", "out", [0])).toMatchObject([{ offset: -1 }]);
  const late = await failureOf(zombie.commit());
  expect(late).toMatchObject({ code: "KAFKA_FENCED" });
  expect(late.message).toContain("EndTxn of transaction 'tx'");
  expect(await failureOf(sendTo(zombie, { topic, partition: 0 }, ["again"]))).toBe(late);
  await sendTo(successor, { topic, partition: 0 }, ["a"]);
  await successor.commit();
  expect(valuesOf(broker, "out")).toEqual(["a"]);
});

test("a zombie is shut out of sending, too", async () => {
  const { broker, cluster, topic } = await setUp();
  const zombie = producerOf(cluster);
  await zombie.fence();
  await sendTo(zombie, { topic, partition: 0 }, ["a"]);
  await zombie.commit();
  await producerOf(cluster).fence();
  expect(await failureOf(sendTo(zombie, { topic, partition: 0 }, ["b"]))).toMatchObject({ code: "KAFKA_FENCED" });
  expect(valuesOf(broker, "out")).toEqual(["a"]);
});

test("the transaction before is waited for while its markers are written", async () => {
  const { broker, cluster, topic } = await setUp();
  const producer = producerOf(cluster);
  await producer.fence();
  await sendTo(producer, { topic, partition: 0 }, ["a"]);
  broker.holdMarkers();
  await producer.commit();
  const next = sendTo(producer, { topic, partition: 0 }, ["b"]);
  for (let i = 0; i < 10; i++) {
    await new Promise(setImmediate);
    await broker.clock.advance(20);
  }
  expect(broker.count("Produce")).toBe(1);
  broker.releaseMarkers();
  await passing(broker.clock, next);
  await producer.commit();
  expect(valuesOf(broker, "out")).toEqual(["a", "b"]);
});

const APIS = ["InitProducerId", "FindCoordinator", "AddPartitionsToTxn", "Produce", "AddOffsetsToTxn"];
const FAULTS: readonly Fault[] = ["lost request", "lost reply"];
for (const api of [...APIS, "TxnOffsetCommit", "EndTxn"]) {
  for (const fault of FAULTS) {
    test(`${api}: a ${fault} changes nothing in what is written`, async () => {
      const { broker, cluster, topic } = await setUp();
      const producer = producerOf(cluster);
      broker.fail(api, 1, fault);
      broker.fail(api, 4, fault);
      await passing(broker.clock, producer.fence());
      for (const batch of [0, 1, 2, 3]) {
        await passing(broker.clock, sendTo(producer, { topic, partition: 0 }, [`${batch}a`, `${batch}b`]));
        await passing(broker.clock, producer.sendOffsets("g", marker(batch)));
        await passing(broker.clock, producer.commit());
      }
      expect(valuesOf(broker, "out")).toEqual(["0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b"]);
      expect(broker.groupOffset("g", "out", 0)).toMatchObject({ offset: 3 });
      expect(await passing(broker.clock, cluster.groupOffsets("g", "out", [0]))).toEqual(marker(3));
    });
  }
}

for (const code of [6, 7, 19, 20, 3]) {
  test(`code ${code} of a batch sends just that batch again`, async () => {
    const { broker, cluster, topic } = await setUp(2);
    const producer = producerOf(cluster, null);
    await producer.fence();
    broker.fail("Produce", 2, code);
    await passing(broker.clock, sendTo(producer, { topic, partition: 0 }, ["a"], ["b"], ["c"]));
    expect(valuesOf(broker, "out")).toEqual(["a", "b", "c"]);
  });
}

test("a leader that moves in the middle is followed, each batch once and in order", async () => {
  const { broker, cluster, topic } = await setUp(3);
  const producer = producerOf(cluster, null);
  await producer.fence();
  broker.onReply = ({ api, nth }) => {
    if (api === "Produce" && nth % 3 === 0) broker.moveLeader("out", 0, 1 + (nth % 2));
  };
  const lists = Array.from({ length: 20 }, (_, i) => [`${i}`]);
  await passing(broker.clock, sendTo(producer, { topic, partition: 0 }, ...lists));
  expect(valuesOf(broker, "out")).toEqual(lists.flat());
});

test("a long write is not cut off by the deadline while it gets on", async () => {
  const { broker, cluster, topic } = await setUp();
  const producer = producerOf(cluster, null);
  await producer.fence();
  broker.onRequest = async ({ api }) => {
    if (api === "Produce") await broker.clock.sleep(300, new AbortController().signal);
  };
  const lists = Array.from({ length: 10 }, (_, i) => [`${i}`]);
  await passing(broker.clock, sendTo(producer, { topic, partition: 0 }, ...lists));
  expect(valuesOf(broker, "out")).toEqual(lists.flat());
});

test("requests stay below 8 MB, and every partition has its turn", async () => {
  const { broker, cluster, topic } = await setUp(1, { "max.message.bytes": "10000000" });
  const producer = producerOf(cluster, null);
  await producer.fence();
  const large = "x".repeat(5 * 2 ** 20);
  const batches = [0, 1].map((partition) => {
    const stamps = [0, 1].map(() => producer.stamp("out", partition, 1));
    return { topic, partition, batches: stamps.map((stamp) => batchOf(stamp, [large])) };
  });
  await producer.send(batches);
  const sizes = broker.calls.filter(({ api }) => api === "Produce").map(({ body }) => body.length);
  expect(sizes).toHaveLength(4);
  expect(Math.max(...sizes)).toBeLessThan(8 * 2 ** 20);
  expect(valuesOf(broker, "out", 1)).toHaveLength(2);
});

test("what a broker will never take is named: topic, partition, batch", async () => {
  const { cluster, topic } = await setUp(1, { "max.message.bytes": "200" });
  const producer = producerOf(cluster, null);
  await producer.fence();
  const failure = await failureOf(sendTo(producer, { topic, partition: 1 }, ["a"], ["x".repeat(300)]));
  expect(failure).toMatchObject({ code: "KAFKA_TOO_LARGE", error: 10, topic: "out", partition: 1, batch: 1 });
  expect(failure.message).toContain("Produce to topic 'out' partition 1 with MESSAGE_TOO_LARGE");
});

test("a record that a compacted topic refuses is named by its place in the batch", async () => {
  const { cluster, topic } = await setUp(1, { "cleanup.policy": "compact" });
  const producer = producerOf(cluster, null);
  await producer.fence();
  const failure = await failureOf(sendTo(producer, { topic, partition: 0 }, ["a", "b"]));
  expect(failure).toMatchObject({ code: "KAFKA_RECORD_REFUSED", error: 87, topic: "out", partition: 0, batch: 0 });
  expect((failure as unknown as { records: { record: number }[] }).records.map(({ record }) => record)).toContain(0);
});

test("a topic that is gone is not written to under its name", async () => {
  const { broker, cluster, topic } = await setUp();
  const producer = producerOf(cluster, null);
  await producer.fence();
  broker.deleteTopic("out");
  const failure = await failureOf(passing(broker.clock, sendTo(producer, { topic, partition: 0 }, ["a"])));
  expect(failure).toMatchObject({ code: "KAFKA_TOPIC_GONE" });
});

test("a lost sequence is an error, not a gap", async () => {
  const { cluster, topic } = await setUp();
  const producer = producerOf(cluster, null);
  await producer.fence();
  await sendTo(producer, { topic, partition: 0 }, ["a"]);
  producer.stamp("out", 0, 5);
  const failure = await failureOf(sendTo(producer, { topic, partition: 0 }, ["b"]));
  expect(failure).toMatchObject({ code: "KAFKA_TRANSACTION_LOST", error: 45 });
});

test("closing the producer makes a call that waits reject, and the cluster goes on", async () => {
  const { broker, cluster, topic } = await setUp();
  const producer = producerOf(cluster);
  await producer.fence();
  broker.stall(1);
  const waiting = failureOf(sendTo(producer, { topic, partition: 0 }, ["a"]));
  await new Promise(setImmediate);
  await producer.close();
  expect(await waiting).toMatchObject({ code: "KAFKA_CLOSED" });
  expect(await failureOf(producer.fence())).toMatchObject({ code: "KAFKA_CLOSED" });
  broker.release(1);
  expect(await cluster.topics(["out"])).toHaveLength(1);
});

test("sequences go up to 2^31 - 1 and on from 0", () => {
  expect(nextSequence(0, 3)).toBe(3);
  expect(nextSequence(2 ** 31 - 2, 1)).toBe(2 ** 31 - 1);
  expect(nextSequence(2 ** 31 - 2, 3)).toBe(1);
});
