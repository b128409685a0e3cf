import { expect, test } from "vitest";
import { encodeFakeBatch } from "./fake-batch-writer.js";
import { FakeBroker } from "./fake-broker.js";
import { kafkajsBatch, kafkajsRequest, kafkajsResponse } from "./kafkajs-protocol.js";
import { RawClient } from "./raw-client.js";

interface By {
  readonly id: string;
  readonly producerId: number;
  readonly epoch: number;
}

async function started(id = "tx"): Promise<{ broker: FakeBroker; client: RawClient; by: By }> {
  const broker = new FakeBroker();
  broker.createTopic("t");
  const client = await RawClient.of(broker);
  const { producerId, epoch } = await client.initProducer(id);
  return { broker, client, by: { id, producerId, epoch } };
}

function send(client: RawClient, by: By, sequence = 0) {
  const records = [{ offset: 0, timestamp: 1, key: null, value: Uint8Array.of(sequence), headers: [] }];
  const stamp = { producerId: by.producerId, epoch: by.epoch, sequence, transactional: true };
  return client.produce({ topic: "t", batch: encodeFakeBatch({ base: 0, records, ...stamp }), transactionalId: by.id });
}

test("records count when their transaction is committed", async () => {
  const { broker, client, by } = await started();
  expect(await send(client, by)).toMatchObject({ error: 48 });
  expect(await client.transaction(by, { topic: "t" })).toBe(0);
  expect(await send(client, by)).toMatchObject({ error: 0, base: 0 });
  expect(broker.committed("t")).toEqual([[]]);
  expect(broker.offsets("t", 0)).toEqual({ start: 0, stable: 0, end: 1 });
  expect(await client.transaction(by, { commit: true })).toBe(0);
  expect(await client.transaction(by, { commit: true })).toBe(0);
  expect(await client.transaction(by, { commit: false })).toBe(48);
  expect(broker.committed("t")[0]).toHaveLength(1);
  expect(broker.offsets("t", 0)).toEqual({ start: 0, stable: 2, end: 2 });
  const { records, aborted } = await client.fetch({ topicId: broker.topicId("t"), offset: 1 });
  expect(aborted).toEqual([]);
  expect(await kafkajsBatch(records)).toMatchObject({ isControlBatch: true, producerId: String(by.producerId) });
});

test("nothing of an aborted transaction counts, and fetches name it", async () => {
  const { broker, client, by } = await started();
  await client.transaction(by, { topic: "t" });
  await send(client, by);
  expect(await client.transaction(by, { commit: false })).toBe(0);
  expect(broker.committed("t")).toEqual([[]]);
  expect(broker.appended("t")[0]).toHaveLength(1);
  const asked = { topicId: broker.topicId("t"), offset: 0 };
  expect((await client.fetch(asked)).aborted).toEqual([[by.producerId, 0]]);
  expect((await client.fetch({ ...asked, committed: false })).aborted).toBeNull();
});

test("who comes after aborts what is open, and fences", async () => {
  const { broker, client, by } = await started();
  await client.transaction(by, { topic: "t" });
  await send(client, by);
  expect(await client.initProducer("tx")).toMatchObject({ error: 51 });
  const after = await client.initProducer("tx");
  expect(after).toMatchObject({ error: 0, producerId: by.producerId });
  expect(after.epoch).toBeGreaterThan(by.epoch);
  expect(await client.transaction(by, { commit: true })).toBe(47);
  expect(await client.transaction(by, { topic: "t" })).toBe(47);
  expect(await send(client, by, 1)).toMatchObject({ error: 47 });
  expect(broker.committed("t")).toEqual([[]]);
  const next = { ...by, epoch: after.epoch };
  await client.transaction(next, { topic: "t" });
  expect(await send(client, next)).toMatchObject({ error: 0 });
  expect(await client.transaction(next, { commit: true })).toBe(0);
  expect(broker.committed("t")[0]).toHaveLength(1);
});

test("while markers are held back nobody goes on", async () => {
  const { broker, client, by } = await started();
  await client.transaction(by, { topic: "t" });
  await send(client, by);
  broker.holdMarkers();
  expect(await client.transaction(by, { commit: true })).toBe(0);
  expect(broker.offsets("t", 0).stable).toBe(0);
  expect(broker.committed("t")).toEqual([[]]);
  expect(await client.transaction(by, { topic: "t" })).toBe(51);
  expect(await client.initProducer("tx")).toMatchObject({ error: 51 });
  broker.releaseMarkers();
  expect(broker.committed("t")[0]).toHaveLength(1);
  expect(await client.transaction(by, { topic: "t" })).toBe(0);
});

test("a transaction left open for too long is aborted", async () => {
  const { broker, client, by } = await started();
  await client.transaction(by, { topic: "t" });
  await send(client, by);
  await broker.clock.advance(60_000);
  expect(await client.transaction(by, { commit: true })).toBe(47);
  expect(broker.offsets("t", 0).stable).toBe(2);
  expect(await client.initProducer("other", 900_001)).toMatchObject({ error: 50 });
});

test("group offsets of a transaction count with it, and are unstable before", async () => {
  const { broker, client, by } = await started();
  expect(await client.groupOffset("g", "t")).toEqual({ error: 0, offset: -1, metadata: "" });
  expect(await client.commitOffset("g", "t", 3)).toBe(0);
  expect(await client.transaction(by, { group: "g", of: "t", offset: 5 })).toBe(48);
  expect(await client.transaction(by, { group: "g" })).toBe(0);
  expect(await client.transaction(by, { group: "g", of: "t", offset: 5 })).toBe(0);
  expect(broker.groupOffset("g", "t", 0)).toMatchObject({ offset: 3 });
  expect(await client.groupOffset("g", "t")).toMatchObject({ error: 88, offset: -1 });
  await client.transaction(by, { commit: true });
  expect(await client.groupOffset("g", "t")).toEqual({ error: 0, offset: 5, metadata: "at 5" });
  await client.transaction(by, { group: "g" });
  await client.transaction(by, { group: "g", of: "t", offset: 6 });
  await client.transaction(by, { commit: false });
  expect(await client.groupOffset("g", "t")).toMatchObject({ error: 0, offset: 5 });
  expect(await client.transaction({ ...by, epoch: -1 }, { group: "g", of: "t", offset: 9 })).toBe(47);
  broker.expireGroup("g");
  expect(broker.groupOffset("g", "t", 0)).toBeNull();
});

test("partitions are added all or none", async () => {
  const { client, by } = await started();
  const body = await kafkajsRequest("addPartitionsToTxn/v1", {
    transactionalId: by.id,
    producerId: by.producerId,
    producerEpoch: by.epoch,
    topics: [
      { topic: "t", partitions: [0, 7] },
      { topic: "gone", partitions: [0] },
    ],
  });
  expect(await kafkajsResponse("addPartitionsToTxn/v1", await client.bytes("AddPartitionsToTxn", body))).toMatchObject({
    errors: [
      {
        topic: "t",
        partitionErrors: [
          { partition: 0, errorCode: 55 },
          { partition: 7, errorCode: 3 },
        ],
      },
      { topic: "gone", partitionErrors: [{ partition: 0, errorCode: 3 }] },
    ],
  });
  expect(await client.transaction(by, { commit: true })).toBe(48);
});

test("requests and answers of the coordinator are those of kafkajs", async () => {
  const { client } = await started();
  const init = await kafkajsRequest("initProducerId/v1", { transactionalId: "k", transactionTimeout: 1000 });
  const made = await kafkajsResponse<{ producerId: string; producerEpoch: number }>(
    "initProducerId/v1",
    await client.bytes("InitProducerId", init),
  );
  expect(made).toMatchObject({ errorCode: 0, producerEpoch: 0 });
  const by = { transactionalId: "k", producerId: made.producerId, producerEpoch: 0 };
  const group = await kafkajsRequest("addOffsetsToTxn/v1", { ...by, groupId: "g" });
  const added = await kafkajsResponse("addOffsetsToTxn/v1", await client.bytes("AddOffsetsToTxn", group));
  expect(added).toMatchObject({ errorCode: 0 });
  const end = await kafkajsRequest("endTxn/v1", { ...by, transactionResult: true });
  expect(await kafkajsResponse("endTxn/v1", await client.bytes("EndTxn", end))).toMatchObject({ errorCode: 0 });
  const find = await kafkajsRequest("findCoordinator/v2", { coordinatorKey: "k", coordinatorType: 1 });
  expect(await kafkajsResponse("findCoordinator/v2", await client.bytes("FindCoordinator", find))).toMatchObject({
    errorCode: 0,
    coordinator: { nodeId: 1, port: 9092 },
  });
});

test("another node is no coordinator", async () => {
  const broker = new FakeBroker({ nodes: 2 });
  broker.createTopic("t");
  broker.moveCoordinator("tx", 2);
  broker.moveCoordinator("g", 2);
  const client = await RawClient.of(broker);
  expect(await client.initProducer("tx")).toMatchObject({ error: 16 });
  expect(await client.groupOffset("g", "t")).toMatchObject({ error: 16 });
  expect(await client.commitOffset("g", "t", 1)).toBe(16);
});

test("a test commits and aborts what it appends", () => {
  const broker = new FakeBroker();
  broker.createTopic("t", { partitions: 2 });
  broker.append("t", 0, [{ value: "a" }], { transaction: "x" });
  broker.append("t", 1, [{ value: "b" }], { transaction: "x" });
  broker.append("t", 1, [{ value: "c" }], { transaction: "y" });
  broker.append("t", 1, [{ value: "d" }]);
  broker.abort("y");
  broker.commit("x");
  const values = broker.committed("t").map((records) => records.map(({ value }) => new TextDecoder().decode(value!)));
  expect(values).toEqual([["a"], ["b", "d"]]);
  expect(() => broker.commit("y")).toThrow("transaction y cannot end");
  broker.append("t", 0, [{ value: "e" }], { transaction: "x" });
  expect(broker.committed("t")[0]).toHaveLength(1);
  expect(broker.offsets("t", 0)).toMatchObject({ stable: 2, end: 3 });
});
