import { expect, test } from "vitest";
import { readBatchHeader } from "./fake-batch-reader.js";
import { FakeBroker } from "./fake-broker.js";
import type { StoredRecord } from "./fake-record.js";
import { RawClient } from "./raw-client.js";
import { readCommitted } from "./read-committed.js";

const text = (record: StoredRecord): string => new TextDecoder().decode(record.value ?? new Uint8Array(0));

async function started(): Promise<{ broker: FakeBroker; client: RawClient; topicId: string }> {
  const broker = new FakeBroker();
  const topicId = broker.createTopic("t");
  return { broker, client: await RawClient.of(broker), topicId };
}

test("offsets: first, last stable, last, and by time", async () => {
  const { broker, client } = await started();
  broker.append("t", 0, [{ timestamp: 100 }, { timestamp: 300 }, { timestamp: 200 }]);
  broker.append("t", 0, [{ timestamp: 400 }], { transaction: "x" });
  expect(await client.listOffset("t", -2)).toEqual({ error: 0, timestamp: -1, offset: 0 });
  expect(await client.listOffset("t", -1)).toMatchObject({ offset: 4 });
  expect(await client.listOffset("t", -1, { committed: true })).toMatchObject({ offset: 3 });
  expect(await client.listOffset("t", 150)).toEqual({ error: 0, timestamp: 300, offset: 1 });
  expect(await client.listOffset("t", 400)).toMatchObject({ offset: 3 });
  expect(await client.listOffset("t", 400, { committed: true })).toEqual({ error: 0, timestamp: -1, offset: -1 });
  expect(await client.listOffset("t", 401)).toMatchObject({ error: 0, offset: -1 });
  broker.deleteRecords("t", 0, 2);
  expect(await client.listOffset("t", -2)).toMatchObject({ offset: 2 });
  expect(await client.listOffset("t", 100)).toMatchObject({ offset: 2 });
  expect(await client.listOffset("gone", -1)).toMatchObject({ error: 3, offset: -1 });
  expect(await client.listOffset("t", -1, { epoch: 9 })).toMatchObject({ error: 75 });
});

test("compaction keeps the last record of a key and leaves holes; the truth follows", async () => {
  const { broker, client, topicId } = await started();
  broker.append("t", 0, [{ key: "a", value: "a0" }, { key: "b", value: "b1" }, { value: "keyless" }]);
  broker.append("t", 0, [{ key: "a", value: "a3" }], { transaction: "x", codec: "gzip" });
  broker.append(
    "t",
    0,
    [
      { key: "b", value: "b4" },
      { key: "c", value: "c5" },
    ],
    { transaction: "y" },
  );
  broker.abort("y");
  broker.commit("x");
  broker.append("t", 0, [
    { key: "a", value: "a8" },
    { key: "a", value: "a9" },
  ]);
  broker.append("t", 0, [{ key: "b", value: "b10" }]);
  broker.compact("t");
  expect(broker.committed("t")[0]!.map(text)).toEqual(["b1", "a9", "b10"]);
  const { records } = await client.fetch({ topicId, offset: 0 });
  const headers: [number, number, number][] = [];
  for (let at = 0; at < records.length; at += readBatchHeader(records.subarray(at)).size) {
    const { base, last, count } = readBatchHeader(records.subarray(at));
    headers.push([base, last, count]);
  }
  expect(headers).toEqual([
    [0, 2, 1],
    [3, 3, 0],
    [4, 5, 0],
    [6, 6, 1],
    [7, 7, 1],
    [8, 9, 1],
    [10, 10, 1],
  ]);
  expect((await readCommitted(client, { topicId, from: 0, to: 11 })).map(text)).toEqual(["b1", "a9", "b10"]);
});

test("compaction leaves alone what is not decided", () => {
  const broker = new FakeBroker();
  broker.createTopic("t");
  broker.append("t", 0, [
    { key: "a", value: "0" },
    { key: "a", value: "1" },
  ]);
  broker.append(
    "t",
    0,
    [
      { key: "a", value: "2" },
      { key: "a", value: "3" },
    ],
    { transaction: "x" },
  );
  broker.append("t", 0, [{ key: "a", value: "4" }]);
  broker.compact("t");
  expect(broker.appended("t")[0]!.map(text)).toEqual(["1", "2", "3", "4"]);
  broker.commit("x");
  broker.compact("t");
  expect(broker.committed("t")[0]!.map(text)).toEqual(["4"]);
});

test("an unclean election loses the end of the log and moves the leader epoch", async () => {
  const { broker, client, topicId } = await started();
  broker.append("t", 0, [{ value: "a" }]);
  broker.append("t", 0, [{ value: "b" }, { value: "c" }]);
  broker.append("t", 0, [{ value: "d" }], { transaction: "x" });
  broker.truncate("t", 0, 2);
  expect(broker.offsets("t", 0)).toEqual({ start: 0, stable: 1, end: 1 });
  expect(await client.fetch({ topicId, offset: 2 })).toMatchObject({ error: 1 });
  expect(await client.fetch({ topicId, offset: 0, epoch: 0 })).toMatchObject({ error: 74 });
  broker.append("t", 0, [{ value: "B" }]);
  expect(broker.committed("t")[0]!.map(text)).toEqual(["a", "B"]);
});

test("a damaged batch lies in the log as it is", async () => {
  const { broker, client, topicId } = await started();
  broker.append("t", 0, [{ value: "a" }]);
  const { records } = await client.fetch({ topicId, offset: 0 });
  records[records.length - 2]! ^= 255;
  expect(broker.appendRaw("t", 0, records)).toBe(1);
  const { records: damaged } = await client.fetch({ topicId, offset: 1 });
  expect(damaged.subarray(16)).toEqual(records.subarray(16));
});
