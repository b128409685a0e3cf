import { expect, test } from "vitest";
import { readBatchHeader, readBatchRecords } from "./fake-batch-reader.js";
import { FakeBroker } from "./fake-broker.js";
import { RawClient } from "./raw-client.js";

async function started(nodes = 1): Promise<{ broker: FakeBroker; client: RawClient; topicId: string }> {
  const broker = new FakeBroker({ nodes });
  const topicId = broker.createTopic("t");
  return { broker, client: await RawClient.of(broker), topicId };
}

function three(broker: FakeBroker): number {
  for (const value of ["a", "b", "c"]) broker.append("t", 0, [{ value }, { value: `${value}2` }]);
  return 6;
}

/** Whether it stays unanswered while everything that can go on has. */
async function waits(answer: Promise<unknown>): Promise<boolean> {
  let done = false;
  const seen = answer.then(
    () => (done = true),
    () => (done = true),
  );
  await Promise.race([seen, new Promise((resolve) => setImmediate(resolve))]);
  return !done;
}

test("whole batches from the one that holds the offset", async () => {
  const { broker, client, topicId } = await started();
  three(broker);
  const { records, ...rest } = await client.fetch({ topicId, offset: 3 });
  expect(rest).toEqual({ error: 0, end: 6, stable: 6, start: 0, aborted: [] });
  expect(readBatchHeader(records)).toMatchObject({ base: 2, last: 3 });
  expect(readBatchHeader(records.subarray(readBatchHeader(records).size))).toMatchObject({ base: 4, last: 5 });
  expect((await client.fetch({ topicId, offset: 6 })).records).toHaveLength(0);
});

test("the last batch may be cut off, the first one never", async () => {
  const { broker, client, topicId } = await started();
  three(broker);
  const { records } = await client.fetch({ topicId, offset: 0 });
  const first = readBatchHeader(records).size;
  expect((await client.fetch({ topicId, offset: 0, maxBytes: first + 5 })).records).toEqual(
    records.subarray(0, first + 5),
  );
  expect((await client.fetch({ topicId, offset: 0, maxBytes: 1 })).records).toEqual(records.subarray(0, first));
});

test("the answer's limit is for all partitions: only the first batch of all may be larger", async () => {
  const broker = new FakeBroker();
  const topicId = broker.createTopic("t", { partitions: 2 });
  for (const partition of [0, 1]) broker.append("t", partition, [{ value: "x".repeat(100) }]);
  const client = await RawClient.of(broker);
  const answer = await client.ask("Fetch", (to) => {
    to.int32(-1).int32(0).int32(0).int32(10).int8(1).int32(0).int32(-1);
    to.array([topicId], (id) => {
      to.uuid(id).array([0, 1], (part) => {
        to.int32(part).int32(-1).int64(0).int32(-1).int64(-1).int32(10).tags();
      });
      to.tags();
    });
    to.array([], () => {})
      .string("")
      .tags();
  });
  answer.int32();
  answer.int16();
  answer.int32();
  const sizes = answer.array((topic) => {
    topic.uuid();
    const parts = topic.array((part) => {
      part.int32();
      part.int16();
      for (let index = 0; index < 3; index++) part.int64();
      part.array(() => {});
      part.int32();
      const { length } = part.nullableBytes()!;
      part.tags();
      return length;
    });
    topic.tags();
    return parts;
  });
  expect(sizes[0]![0]).toBeGreaterThan(100);
  expect(sizes[0]![1]).toBe(0);
});

test("outside of the log there is an error, and offsets are unknown", async () => {
  const { broker, client, topicId } = await started();
  three(broker);
  broker.deleteRecords("t", 0, 3);
  const outside = { error: 1, end: -1, stable: -1, start: -1 };
  expect(await client.fetch({ topicId, offset: 7 })).toMatchObject(outside);
  expect(await client.fetch({ topicId, offset: 2 })).toMatchObject(outside);
  const inside = await client.fetch({ topicId, offset: 3 });
  expect(inside).toMatchObject({ error: 0, start: 3 });
  expect(readBatchHeader(inside.records).base).toBe(2);
  expect(broker.committed("t")[0]!.map((record) => record.offset)).toEqual([3, 4, 5]);
});

test("aborted transactions come in the order of their ends, and open ones hide what follows", async () => {
  const { broker, client, topicId } = await started();
  broker.append("t", 0, [{ value: "a" }], { transaction: "x" });
  broker.append("t", 0, [{ value: "b" }], { transaction: "y" });
  broker.append("t", 0, [{ value: "c" }], { transaction: "z" });
  broker.abort("y");
  broker.abort("x");
  broker.append("t", 0, [{ value: "d" }], { transaction: "x" });
  broker.abort("x");
  const hidden = await client.fetch({ topicId, offset: 0 });
  expect(hidden).toMatchObject({ stable: 2, end: 7 });
  // Also one that begins behind what is returned: brokers know their logs by an index of some kilobytes.
  expect(hidden.aborted!.map(([, first]) => first)).toEqual([1, 0, 5]);
  expect(readBatchHeader(hidden.records.subarray(readBatchHeader(hidden.records).size)).base).toBe(1);
  broker.commit("z");
  const whole = await client.fetch({ topicId, offset: 0 });
  expect(whole.aborted!.map(([, first]) => first)).toEqual([1, 0, 5]);
  expect((await client.fetch({ topicId, offset: 5 })).aborted!.map(([, first]) => first)).toEqual([5]);
  expect((await client.fetch({ topicId, offset: 4 })).aborted!.map(([, first]) => first)).toEqual([0, 5]);
});

test("aborted transactions far behind what is returned are not named", async () => {
  const { broker, client, topicId } = await started();
  for (let count = 0; count < 10; count++) {
    broker.append("t", 0, [{ value: "x".repeat(3000) }], { transaction: "x" });
    broker.abort("x");
  }
  const named = async (maxBytes: number) => (await client.fetch({ topicId, offset: 0, maxBytes })).aborted!.length;
  expect(await named(1)).toBeLessThan(4);
  expect(await named(1 << 20)).toBe(10);
});

test("a fetch waits for bytes", async () => {
  const { broker, client, topicId } = await started();
  const answer = client.fetch({ topicId, offset: 0, minBytes: 1, maxWaitMs: 500 });
  expect(await waits(answer)).toBe(true);
  expect(broker.clock.sleeping).toBe(1);
  broker.append("t", 0, [{ value: "a" }]);
  expect(readBatchRecords((await answer).records)).toHaveLength(1);
  expect(broker.clock.sleeping).toBe(0);
});

test("or until its time is over", async () => {
  const { broker, client, topicId } = await started();
  const answer = client.fetch({ topicId, offset: 0, minBytes: 1, maxWaitMs: 500 });
  await broker.clock.advance(499);
  expect(await waits(answer)).toBe(true);
  await broker.clock.advance(1);
  expect((await answer).records).toHaveLength(0);
});

test("an open transaction does not end the wait of a read_committed fetch, its marker does", async () => {
  const { broker, client, topicId } = await started();
  const answer = client.fetch({ topicId, offset: 0, minBytes: 1, maxWaitMs: 500 });
  broker.append("t", 0, [{ value: "a" }], { transaction: "x" });
  expect(await waits(answer)).toBe(true);
  broker.commit("x");
  expect((await answer).stable).toBe(2);
});

test("a moved leader, an old epoch and another topic of that name each have an error", async () => {
  const { broker, client, topicId } = await started(2);
  three(broker);
  const waiting = client.fetch({ topicId, offset: 6, minBytes: 1, maxWaitMs: 500 });
  broker.moveLeader("t", 0, 2);
  expect((await waiting).error).toBe(6);
  expect((await client.fetch({ topicId, offset: 0, node: 2, epoch: 0 })).error).toBe(74);
  expect((await client.fetch({ topicId, offset: 0, node: 2, epoch: 2 })).error).toBe(75);
  expect((await client.fetch({ topicId, offset: 0, node: 2, epoch: 1 })).error).toBe(0);
  expect((await client.fetch({ topicId, offset: 0, partition: 1 })).error).toBe(3);
  broker.deleteTopic("t");
  expect((await client.fetch({ topicId, offset: 0, node: 2 })).error).toBe(100);
  expect(broker.createTopic("t")).not.toBe(topicId);
  expect((await client.fetch({ topicId, offset: 0, node: 1 })).error).toBe(100);
});
