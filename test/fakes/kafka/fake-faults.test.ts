import { expect, test } from "vitest";
import { FakeBroker } from "./fake-broker.js";
import { kafkajsRequest, kafkajsResponse } from "./kafkajs-protocol.js";
import { RawClient } from "./raw-client.js";
import { describeTopics as describe } from "./raw-metadata.js";

async function started(nodes = 1): Promise<{ broker: FakeBroker; client: RawClient }> {
  const broker = new FakeBroker({ nodes });
  broker.createTopic("t", { partitions: nodes });
  return { broker, client: await RawClient.of(broker) };
}

test("metadata: leaders in turn, unknown and internal topics", async () => {
  const { broker, client } = await started(3);
  expect(await describe(client, ["t", "gone", "bad name"])).toEqual({
    nodes: [1, 2, 3],
    topics: [
      {
        error: 0,
        name: "t",
        id: broker.topicId("t"),
        internal: false,
        leaders: [
          [1, 0],
          [2, 0],
          [3, 0],
        ],
      },
      { error: 3, name: "gone", id: "0".repeat(32), internal: false, leaders: [] },
      { error: 17, name: "bad name", id: "0".repeat(32), internal: false, leaders: [] },
    ],
  });
  const all = await describe(client, null);
  expect(all.topics.map(({ name, internal }) => [name, internal])).toEqual([
    ["t", false],
    ["__consumer_offsets", true],
    ["__transaction_state", true],
  ]);
  broker.addPartitions("t", 4);
  expect((await describe(client, ["t"])).topics[0]!.leaders).toHaveLength(4);
});

test("a killed node is not reached, and others lead what it led", async () => {
  const { broker, client } = await started(2);
  const waiting = client.fetch({ topicId: broker.topicId("t"), offset: 0, minBytes: 1, maxWaitMs: 500 });
  broker.kill(1);
  await expect(waiting).rejects.toMatchObject({ code: "ECONNRESET" });
  await expect(describe(client, ["t"])).rejects.toMatchObject({ code: "ECONNREFUSED" });
  const left = await describe(client, ["t"], null);
  expect(left.nodes).toEqual([2]);
  expect(left.topics[0]!.leaders).toEqual([
    [2, 1],
    [2, 0],
  ]);
  broker.restart(1);
  expect((await describe(client, ["t"])).nodes).toEqual([1, 2]);
});

test("the only node comes back with a new leader epoch", async () => {
  const { broker, client } = await started();
  broker.append("t", 0, [{ value: "a" }]);
  broker.kill(1);
  await expect(describe(client, null, null)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  broker.restart(1);
  expect((await describe(client, ["t"])).topics[0]!.leaders).toEqual([[1, 1]]);
  expect(broker.offsets("t", 0).end).toBe(1);
});

test("a stalled node answers when it is released, or never", async () => {
  const { broker, client } = await started(2);
  broker.stall(1);
  expect((await describe(client, ["t"], null)).nodes).toEqual([1, 2]);
  const late = client.listOffset("t", -1);
  const lost = expect(late).rejects.toMatchObject({ code: "ETIMEDOUT" });
  await broker.clock.advance(1000);
  await lost;
  const answered = client.listOffset("t", -1);
  await broker.clock.advance(999);
  broker.release(1);
  expect(await answered).toMatchObject({ error: 0 });
  expect(broker.clock.sleeping).toBe(0);
  expect((await client.listOffset("t", -1)).error).toBe(0);
});

test("the nth call of an API fails as it was told to", async () => {
  const { broker, client } = await started();
  broker.fail("ListOffsets", 2, 5);
  broker.fail("ListOffsets", 3, "lost request");
  expect(await client.listOffset("t", -1)).toMatchObject({ error: 0 });
  expect(await client.listOffset("t", -1)).toMatchObject({ error: 5, offset: -1 });
  await expect(client.listOffset("t", -1)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(await client.listOffset("t", -1)).toMatchObject({ error: 0 });
  expect(broker.count("ListOffsets")).toBe(4);
  expect(broker.calls.map((call) => [call.api, call.node, call.nth])).toContainEqual(["ListOffsets", 1, 4]);
});

test("a lost request did nothing, a lost reply did all", async () => {
  const { broker, client } = await started();
  broker.fail("OffsetCommit", 1, "lost request");
  await expect(client.commitOffset("g", "t", 1)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(broker.groupOffset("g", "t", 0)).toBeNull();
  broker.fail("OffsetCommit", 1, "lost reply");
  await expect(client.commitOffset("g", "t", 2)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(broker.groupOffset("g", "t", 0)).toMatchObject({ offset: 2 });
});

test("every API gives the error code that is wanted", async () => {
  const { broker, client } = await started();
  const by = { id: "x", producerId: 1, epoch: 0 };
  for (const api of ["Fetch", "ListOffsets", "OffsetCommit", "InitProducerId", "AddPartitionsToTxn", "Metadata"]) {
    broker.fail(api, 1, 14);
  }
  for (const api of ["AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn", "Produce", "FindCoordinator"])
    broker.fail(api, 1, 14);
  expect(await client.fetch({ topicId: broker.topicId("t"), offset: 0 })).toMatchObject({ error: 14 });
  expect(await client.listOffset("t", -1)).toMatchObject({ error: 14 });
  expect(await client.commitOffset("g", "t", 1)).toBe(14);
  expect(await client.initProducer("x")).toMatchObject({ error: 14 });
  expect(await client.transaction(by, { topic: "t" })).toBe(14);
  expect(await client.transaction(by, { group: "g" })).toBe(14);
  expect(await client.transaction(by, { group: "g", of: "t", offset: 1 })).toBe(14);
  expect(await client.transaction(by, { commit: true })).toBe(14);
  expect(await client.produce({ topic: "t", batch: new Uint8Array(0) })).toMatchObject({ error: 14 });
  expect((await describe(client, ["t"])).topics[0]).toMatchObject({ error: 14, leaders: [] });
  for (const error of [14, 88]) {
    broker.fail("OffsetFetch", 1, error);
    expect(await client.groupOffset("g", "t")).toMatchObject({ error });
  }
  const find = await kafkajsRequest("findCoordinator/v2", { coordinatorKey: "k", coordinatorType: 0 });
  const answer = await client.bytes("FindCoordinator", find);
  await expect(kafkajsResponse("findCoordinator/v2", answer)).resolves.toMatchObject({ errorCode: 14 });
});

test("topics are made as kafkajs asks for them, once", async () => {
  const { broker, client } = await started();
  const make = async (topic: string, numPartitions: number): Promise<unknown> => {
    const configEntries = [{ name: "cleanup.policy", value: "compact" }];
    const topics = [{ topic, numPartitions, replicationFactor: 1, configEntries }];
    const body = await kafkajsRequest("createTopics/v3", { topics, validateOnly: false, timeout: 100 });
    return kafkajsResponse("createTopics/v3", await client.bytes("CreateTopics", body));
  };
  expect(await make("new", 3)).toMatchObject({ topicErrors: [{ topic: "new", errorCode: 0, errorMessage: null }] });
  expect(broker.committed("new")).toHaveLength(3);
  expect(await make("new", 3)).toMatchObject({ topicErrors: [{ errorCode: 36 }] });
  expect(await make("no name", 1)).toMatchObject({ topicErrors: [{ errorCode: 17 }] });
  expect(await make("none", 0)).toMatchObject({ topicErrors: [{ errorCode: 37 }] });
});

test("hooks hold a request before it is looked at, and its answer", async () => {
  const { broker, client } = await started();
  const order: string[] = [];
  broker.onRequest = ({ api }) => {
    if (api === "OffsetCommit") order.push(`before ${broker.groupOffset("g", "t", 0)?.offset}`);
  };
  broker.onReply = async ({ api }) => {
    await Promise.resolve();
    if (api === "OffsetCommit") order.push(`after ${broker.groupOffset("g", "t", 0)?.offset}`);
  };
  await client.commitOffset("g", "t", 4);
  expect(order).toEqual(["before undefined", "after 4"]);
});

test("the self-test of a client sees the versions of Kafka 4, or others", async () => {
  const ask = async (broker: FakeBroker): Promise<Map<number, number[]>> => {
    const socket = await broker.provider().openSocket();
    const request = {
      api: 18,
      name: "ApiVersions",
      version: 0,
      flexible: false,
      timeoutMs: 1,
      body: new Uint8Array(0),
    };
    const answer = await kafkajsResponse<{ apiVersions: { apiKey: number; minVersion: number; maxVersion: number }[] }>(
      "apiVersions/v0",
      await socket.send(null, request),
    );
    return new Map(answer.apiVersions.map((one) => [one.apiKey, [one.minVersion, one.maxVersion]]));
  };
  const usual = await ask(new FakeBroker());
  expect(usual.get(1)).toEqual([4, 18]);
  expect(usual.get(18)).toEqual([0, 4]);
  const old = await ask(new FakeBroker({ versions: { Fetch: [4, 12], EndTxn: null } }));
  expect(old.get(1)).toEqual([4, 12]);
  expect(old.has(26)).toBe(false);
});

test("sockets are counted, and a closed one rejects", async () => {
  const { broker, client } = await started();
  const waiting = client.fetch({ topicId: broker.topicId("t"), offset: 0, minBytes: 1, maxWaitMs: 500 });
  expect(broker.openSockets).toBe(1);
  await client.close();
  await expect(waiting).rejects.toMatchObject({ code: "ECONNRESET" });
  await expect(client.listOffset("t", -1)).rejects.toThrow("closed");
  expect(broker.openSockets).toBe(0);
});

test("what no broker would understand rejects", async () => {
  const { client } = await started();
  await expect(client.bytes("ListOffsets", new Uint8Array(3))).rejects.toThrow(RangeError);
  const body = await kafkajsRequest("endTxn/v1", { transactionalId: "k", producerId: 1, producerEpoch: 0 });
  await expect(client.bytes("EndTxn", Buffer.concat([body, Buffer.of(1)]))).rejects.toMatchObject({ code: "EPROTO" });
});
