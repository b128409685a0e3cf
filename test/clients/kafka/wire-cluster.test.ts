import { expect, test } from "vitest";
import type { FetchPosition, IsolationLevel, OffsetQuery } from "../../../src/clients/kafka/kafka-cluster.js";
import type { WireCluster } from "../../../src/clients/kafka/wire-cluster.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { failureOf, fetchedValues, openCluster, passing, topicOf } from "./kafka-lab.js";

const EARLIEST: OffsetQuery = { kind: "earliest" };
const LATEST: OffsetQuery = { kind: "latest" };
const committed = "read_committed" as const;

function fetchFrom(
  cluster: WireCluster,
  positions: readonly FetchPosition[],
  options: { signal?: AbortSignal; maxWaitMs?: number; isolation?: IsolationLevel } = {},
) {
  const { signal, maxWaitMs = 0, isolation = committed } = options;
  return cluster.fetch({ positions, isolation, maxWaitMs, minBytes: 1, maxBytes: 1_000_000 }, signal);
}

function at(topicId: string, partition: number, offset = 0): FetchPosition {
  return { topicId, partition, offset, maxBytes: 100_000 };
}

test("topics by name, and all; those that do not exist are left out", async () => {
  const broker = new FakeBroker({ nodes: 3 });
  const id = broker.createTopic("orders", { partitions: 3 });
  broker.createTopic("other");
  const cluster = await openCluster(broker);
  const [orders, ...rest] = await cluster.topics(["orders", "none"]);
  expect(rest).toEqual([]);
  expect(orders).toMatchObject({ name: "orders", id });
  expect(orders!.partitions.map(({ partition }) => partition)).toEqual([0, 1, 2]);
  expect((await cluster.topics(null)).map(({ name }) => name).sort()).toEqual(["orders", "other"]);
  expect(await cluster.topics([])).toEqual([]);
  await cluster.close();
  expect(broker.openSockets).toBe(0);
});

test("offsets of every kind, asked of each leader", async () => {
  const broker = new FakeBroker({ nodes: 3 });
  broker.createTopic("orders", { partitions: 3 });
  for (const timestamp of [1000, 2000, 3000]) broker.append("orders", 1, [{ value: "a", timestamp }]);
  broker.append("orders", 2, [{ value: "b" }]);
  broker.append("orders", 2, [{ value: "c" }], { transaction: "open" });
  broker.deleteRecords("orders", 1, 1);
  const cluster = await openCluster(broker);
  const topic = await topicOf(cluster, "orders");
  const ask = async (query: OffsetQuery, isolation: IsolationLevel = committed) => {
    const offsets = await cluster.offsets(topic, [0, 1, 2], { query, isolation });
    return [0, 1, 2].map((partition) => offsets.get(partition));
  };
  expect(await ask(EARLIEST)).toEqual([0, 1, 0]);
  expect(await ask(LATEST)).toEqual([0, 3, 1]);
  expect(await ask(LATEST, "read_uncommitted")).toEqual([0, 3, 2]);
  expect(await ask({ kind: "time", millis: 2500 })).toEqual([-1, 2, 0]);
  expect(await ask({ kind: "time", millis: -1 })).toEqual([-1, 1, 0]);
  expect(broker.calls.filter(({ api }) => api === "ListOffsets").map(({ node }) => node)).toContain(3);
});

test("offsets: only partitions that failed are asked for again, with fresh metadata", async () => {
  const broker = new FakeBroker({ nodes: 2 });
  broker.createTopic("orders", { partitions: 2 });
  broker.append("orders", 0, [{ value: "a" }]);
  const cluster = await openCluster(broker);
  const topic = await topicOf(cluster, "orders");
  broker.moveLeader("orders", 0, 2);
  broker.moveLeader("orders", 1, 2);
  const found = await passing(broker.clock, cluster.offsets(topic, [0, 1], { query: LATEST, isolation: committed }));
  expect([...found].sort()).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

test("a topic created anew is not taken for the one that was asked about", async () => {
  const broker = new FakeBroker();
  const old = broker.createTopic("orders");
  broker.append("orders", 0, [{ value: "old" }]);
  const cluster = await openCluster(broker);
  const topic = await topicOf(cluster, "orders");
  broker.deleteTopic("orders");
  broker.createTopic("orders");
  broker.append("orders", 0, [{ value: "new" }]);
  expect((await fetchFrom(cluster, [at(old, 0)]))[0]).toMatchObject({ error: 100, topicId: old });
  const asked = cluster.offsets(topic, [0], { query: LATEST, isolation: committed });
  expect(await failureOf(passing(broker.clock, asked))).toMatchObject({ code: "KAFKA_TOPIC_GONE" });
});

test("one broker that does not know a topic does not make it gone", async () => {
  const broker = new FakeBroker({ nodes: 2 });
  const id = broker.createTopic("orders");
  broker.append("orders", 0, [{ value: "a" }]);
  const cluster = await openCluster(broker);
  await topicOf(cluster, "orders");
  broker.fail("Fetch", 1, 100);
  const [answer] = await passing(broker.clock, fetchFrom(cluster, [at(id, 0)]));
  expect(fetchedValues(answer!)).toEqual(["a"]);
});

test("fetch reads by topic id, from many leaders at once, also of topics nobody has looked up", async () => {
  const broker = new FakeBroker({ nodes: 3 });
  const a = broker.createTopic("a", { partitions: 3 });
  const b = broker.createTopic("b");
  for (const partition of [0, 1, 2]) broker.append("a", partition, [{ value: `a${partition}` }]);
  broker.append("b", 0, [{ value: "b0" }]);
  const cluster = await openCluster(broker);
  const answers = await fetchFrom(cluster, [at(a, 2), at(b, 0), at(a, 0), at(a, 1)]);
  expect(answers.map(fetchedValues)).toEqual([["a2"], ["b0"], ["a0"], ["a1"]]);
  expect(answers[0]).toMatchObject({ error: 0, highWatermark: 1, lastStableOffset: 1, logStart: 0, aborted: [] });
  expect(new Set(broker.calls.filter(({ api }) => api === "Fetch").map(({ node }) => node)).size).toBe(3);
});

test("fetch tells of aborted transactions", async () => {
  const broker = new FakeBroker();
  const id = broker.createTopic("orders");
  broker.append("orders", 0, [{ value: "a" }], { transaction: "t" });
  broker.abort("t");
  const cluster = await openCluster(broker);
  const [answer] = await fetchFrom(cluster, [at(id, 0)]);
  expect(answer!.aborted).toEqual([{ producerId: expect.any(BigInt), firstOffset: 0 }]);
  const [all] = await fetchFrom(cluster, [at(id, 0)], { isolation: "read_uncommitted" });
  expect(all!.aborted).toEqual([]);
});

test("fetch gives out of range as it is", async () => {
  const broker = new FakeBroker();
  const id = broker.createTopic("orders");
  const cluster = await openCluster(broker);
  expect((await fetchFrom(cluster, [at(id, 0, 9)]))[0]).toMatchObject({ error: 1 });
});

test("a partition that fails holds up nobody, and is read when it is back", async () => {
  const broker = new FakeBroker({ nodes: 2 });
  const id = broker.createTopic("orders", { partitions: 2 });
  for (const partition of [0, 1]) broker.append("orders", partition, [{ value: `${partition}` }]);
  const cluster = await openCluster(broker);
  await topicOf(cluster, "orders");
  broker.moveLeader("orders", 1, 1);
  broker.moveLeader("orders", 0, 1);
  broker.moveLeader("orders", 1, 2);
  broker.kill(2);
  broker.moveLeader("orders", 1, 2);
  const first = await passing(broker.clock, fetchFrom(cluster, [at(id, 0), at(id, 1)]));
  expect(first.map(({ error, records }) => [error, records.length > 0])).toEqual([
    [0, true],
    [0, false],
  ]);
  broker.restart(2);
  await broker.clock.advance(1000);
  const second = await passing(broker.clock, fetchFrom(cluster, [at(id, 0), at(id, 1)]));
  expect(second.map(fetchedValues)).toEqual([["0"], ["1"]]);
});

test("a partition that fails beyond the deadline is an error that names it, however well others do", async () => {
  const broker = new FakeBroker({ nodes: 2 });
  const id = broker.createTopic("orders", { partitions: 2 });
  for (const partition of [0, 1]) broker.append("orders", partition, [{ value: "a" }]);
  const cluster = await openCluster(broker);
  broker.moveLeader("orders", 0, 1);
  broker.moveLeader("orders", 1, 2);
  broker.kill(2);
  broker.moveLeader("orders", 1, 2);
  const forever = async (): Promise<void> => {
    for (;;) {
      await fetchFrom(cluster, [at(id, 0), at(id, 1)]);
      await broker.clock.sleep(50, new AbortController().signal);
    }
  };
  const failure = await failureOf(passing(broker.clock, forever()));
  expect(failure.code).toBe("KAFKA_STALLED");
  expect(failure.message).toContain("Reading topic 'orders' partition 1 from offset 0 did not succeed within 1000 ms");
});

test("trouble of long ago is not held against a partition", async () => {
  const broker = new FakeBroker();
  const id = broker.createTopic("orders");
  const cluster = await openCluster(broker);
  await topicOf(cluster, "orders");
  broker.fail("Fetch", 1, 6);
  const stop = new AbortController();
  const first = fetchFrom(cluster, [at(id, 0)], { signal: stop.signal });
  const seen = failureOf(first);
  await new Promise(setImmediate);
  stop.abort(new Error("stopped"));
  expect((await seen).message).toBe("stopped");
  await broker.clock.advance(3_600_000);
  broker.fail("Fetch", 1, 6);
  expect(await passing(broker.clock, fetchFrom(cluster, [at(id, 0)]))).toMatchObject([{ error: 0 }]);
});

test("aborting rejects at once with the signal's reason, in a long poll and between attempts", async () => {
  const broker = new FakeBroker();
  const id = broker.createTopic("orders");
  const cluster = await openCluster(broker);
  const stop = new AbortController();
  const poll = failureOf(fetchFrom(cluster, [at(id, 0)], { signal: stop.signal, maxWaitMs: 60_000 }));
  await new Promise(setImmediate);
  stop.abort(new Error("enough"));
  expect((await poll).message).toBe("enough");
  expect((await failureOf(cluster.topics(["orders"], stop.signal))).message).toBe("enough");
  broker.kill(1);
  const later = new AbortController();
  const retrying = failureOf(cluster.topics(["orders"], later.signal));
  await new Promise(setImmediate);
  later.abort(new Error("enough, too"));
  expect((await retrying).message).toBe("enough, too");
});

test("closing makes everything that waits reject", async () => {
  const broker = new FakeBroker();
  const id = broker.createTopic("orders");
  const cluster = await openCluster(broker);
  const poll = failureOf(fetchFrom(cluster, [at(id, 0)], { maxWaitMs: 60_000 }));
  await new Promise(setImmediate);
  await cluster.close();
  await cluster.close();
  expect(await poll).toMatchObject({ code: "KAFKA_CLOSED" });
  expect(await failureOf(cluster.topics(null))).toMatchObject({ code: "KAFKA_CLOSED" });
});

test("a broker that is down is waited for until the deadline", async () => {
  const broker = new FakeBroker();
  broker.createTopic("orders");
  const cluster = await openCluster(broker);
  broker.kill(1);
  const waiting = cluster.topics(["orders"]);
  await new Promise(setImmediate);
  broker.restart(1);
  expect(await passing(broker.clock, waiting)).toHaveLength(1);
  broker.kill(1);
  const failure = await failureOf(passing(broker.clock, cluster.topics(["orders"])));
  expect(failure.code).toBe("KAFKA_UNREACHABLE");
  expect(failure.message).toMatch(/Looking up 'orders' did not succeed within 1000 ms \(\d+ attempts\)/);
  expect(failure.message).toContain("At fake:9092.");
});

test("a broker that does not answer is an error that says so", async () => {
  const broker = new FakeBroker();
  broker.createTopic("orders");
  const cluster = await openCluster(broker);
  broker.stall(1);
  const failure = await failureOf(passing(broker.clock, cluster.topics(["orders"])));
  expect(failure.code).toBe("KAFKA_STALLED");
  expect(failure.message).toContain("did not answer Metadata");
});

test("connecting fails with the versions where a broker does not speak a call", async () => {
  const old = new FakeBroker({ versions: { Fetch: [4, 12] } });
  const failure = await failureOf(openCluster(old));
  expect(failure.code).toBe("KAFKA_VERSION");
  expect(failure.message).toContain("understands Fetch in the versions 4 to 12, and version 13 is needed");
  expect(old.openSockets).toBe(0);
  const without = new FakeBroker({ versions: { InitProducerId: null } });
  expect((await failureOf(openCluster(without))).message).toContain("understands InitProducerId not at all");
});

test("a topic is created once, and known with its leaders then", async () => {
  const broker = new FakeBroker();
  const cluster = await openCluster(broker);
  expect(await cluster.createTopic("marks", { partitions: 2, configs: { "cleanup.policy": "compact" } })).toBe(true);
  expect(await cluster.createTopic("marks", { partitions: 2, configs: {} })).toBe(false);
  expect((await topicOf(cluster, "marks")).partitions).toHaveLength(2);
});

test("group offsets: none, committed, and on another coordinator", async () => {
  const broker = new FakeBroker({ nodes: 2 });
  broker.createTopic("orders", { partitions: 2 });
  const cluster = await openCluster(broker);
  const none = { topic: "orders", partition: 1, offset: -1, metadata: "" };
  expect(await cluster.groupOffsets("g", "orders", [1])).toEqual([none]);
  await cluster.commitOffsets("g", [{ topic: "orders", partition: 0, offset: 7, metadata: "seven" }]);
  await cluster.commitOffsets("g", []);
  for (const node of [1, 2]) {
    broker.moveCoordinator("g", node);
    const found = await passing(broker.clock, cluster.groupOffsets("g", "orders", [0, 1]));
    expect(found).toEqual([{ topic: "orders", partition: 0, offset: 7, metadata: "seven" }, none]);
  }
  const gone = cluster.commitOffsets("g", [{ topic: "none", partition: 0, offset: 1, metadata: "" }]);
  expect(await failureOf(gone)).toMatchObject({ code: "KAFKA_TOPIC_GONE" });
});

test("codes that no retry mends are errors with their names", async () => {
  const broker = new FakeBroker();
  const id = broker.createTopic("orders");
  const cluster = await openCluster(broker);
  const topic = await topicOf(cluster, "orders");
  broker.fail("Fetch", 1, 29);
  const denied = await failureOf(fetchFrom(cluster, [at(id, 0)]));
  expect(denied).toMatchObject({ code: "KAFKA_DENIED", error: 29, topic: "orders", partition: 0 });
  expect(denied.message).toContain("Fetch of topic 'orders' partition 0 from offset 0 with TOPIC_AUTHORIZATION_FAILED");
  broker.fail("ListOffsets", 1, 43);
  const refused = cluster.offsets(topic, [0], { query: LATEST, isolation: committed });
  expect(await failureOf(refused)).toMatchObject({ code: "KAFKA_REFUSED", error: 43 });
  broker.fail("OffsetCommit", 1, 25);
  const inUse = cluster.commitOffsets("g", [{ topic: "orders", partition: 0, offset: 1, metadata: "" }]);
  expect(await failureOf(inUse)).toMatchObject({ code: "KAFKA_GROUP_IN_USE" });
});

for (const code of [-1, 3, 5, 6, 7, 8, 9, 13, 56, 74, 75, 78]) {
  test(`code ${code} is tried again`, async () => {
    const broker = new FakeBroker();
    const id = broker.createTopic("orders");
    broker.append("orders", 0, [{ value: "a" }]);
    const cluster = await openCluster(broker);
    const topic = await topicOf(cluster, "orders");
    for (const api of ["ListOffsets", "Fetch"]) broker.fail(api, 1, code);
    const offsets = cluster.offsets(topic, [0], { query: LATEST, isolation: committed });
    expect(await passing(broker.clock, offsets)).toEqual(new Map([[0, 1]]));
    const [answer] = await passing(broker.clock, fetchFrom(cluster, [at(id, 0)]));
    expect(fetchedValues(answer!)).toEqual(["a"]);
    expect(broker.count("Fetch")).toBe(2);
  });
}
