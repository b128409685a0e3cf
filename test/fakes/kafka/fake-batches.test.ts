import { expect, test } from "vitest";
import type { CodecName } from "../../../src/formats/kafka/codec-registry.js";
import { hasSoundCrc, readBatchHeader, readBatchRecords } from "./fake-batch-reader.js";
import { encodeFakeBatch, markerRecord } from "./fake-batch-writer.js";
import { FAKE_CODECS } from "./fake-codecs.js";
import { fakeCrc32c } from "./fake-crc32c.js";
import { recordText, type StoredRecord } from "./fake-record.js";
import { kafkajsBatch, kafkajsCrc32c, kafkajsRequest } from "./kafkajs-protocol.js";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const RECORDS: readonly StoredRecord[] = [
  { offset: 7, timestamp: 1_700_000_000_000, key: text("a"), value: text("x".repeat(200)), headers: [] },
  { offset: 9, timestamp: 1_699_999_999_000, key: null, value: text("é"), headers: [["h", text("1")]] },
  { offset: 70_000, timestamp: 1_800_000_000_000, key: text(""), value: null, headers: [["n", null]] },
];

test("the check value of crc-32c, and kafkajs's own sums", () => {
  expect(fakeCrc32c(text("123456789"))).toBe(0xe3069283);
  for (const length of [0, 1, 7, 8, 9, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37) & 255);
    expect(fakeCrc32c(bytes)).toBe(kafkajsCrc32c(bytes) >>> 0);
  }
});

test("kafkajs reads what was written", async () => {
  for (const codec of [undefined, "gzip"] as const) {
    const stamp = { producerId: 4000, epoch: 3, sequence: 12, transactional: true };
    const batch = await kafkajsBatch(encodeFakeBatch({ base: 5, last: 70_001, records: RECORDS, codec, ...stamp }));
    expect(batch).toMatchObject({ firstOffset: "5", lastOffsetDelta: 69_996, producerId: "4000", producerEpoch: 3 });
    expect(batch).toMatchObject({ firstSequence: 12, inTransaction: true, isControlBatch: false });
    expect(batch.records.map(({ offset, timestamp }) => [offset, timestamp])).toEqual(
      RECORDS.map(({ offset, timestamp }) => [String(offset), String(timestamp)]),
    );
    expect(batch.records.map(({ key }) => key && new Uint8Array(key))).toEqual(RECORDS.map(({ key }) => key));
    expect(batch.records.map(({ value }) => value?.toString())).toEqual(["x".repeat(200), "é", undefined]);
    expect(batch.records[1]!.headers["h"]?.toString()).toBe("1");
  }
});

test("kafkajs sees the marker of a transaction as a control record of that type", async () => {
  for (const commit of [false, true]) {
    const records = [markerRecord(4, { commit, timestamp: 5 })];
    const marker = await kafkajsBatch(encodeFakeBatch({ base: 4, records, control: true, transactional: true }));
    expect(marker).toMatchObject({ isControlBatch: true, firstSequence: -1 });
    expect([...marker.records[0]!.key!]).toEqual([0, 0, 0, commit ? 1 : 0]);
    expect(marker.records[0]!.value).toHaveLength(6);
  }
});

test("what kafkajs writes is read", async () => {
  const messages = [
    { key: Buffer.from("k"), value: Buffer.from("v"), headers: { a: ["1", "2"], b: "3" }, timestamp: 1000 },
    { key: null, value: null, timestamp: 2000 },
  ];
  for (const compression of [0, 1]) {
    const partitions = [{ partition: 0, firstSequence: 8, messages }];
    const topicData = [{ topic: "t", partitions }];
    const stamp = { transactionalId: "x", producerId: 9, producerEpoch: 2 };
    const body = await kafkajsRequest("produce/v7", { acks: -1, timeout: 1, compression, topicData, ...stamp });
    const batch = body.slice(2 + 1 + 2 + 4 + 4 + 2 + 1 + 4 + 4 + 4);
    const header = { producerId: 9, epoch: 2, sequence: 8, count: 2, codec: compression, transactional: true, last: 1 };
    expect(readBatchHeader(batch)).toMatchObject({ ...header, size: batch.length, control: false });
    expect(hasSoundCrc(batch)).toBe(true);
    const [first, second] = readBatchRecords(batch);
    expect(first).toMatchObject({ offset: 0, timestamp: 1000, key: text("k"), value: text("v") });
    expect(first!.headers).toEqual([
      ["a", text("1")],
      ["a", text("2")],
      ["b", text("3")],
    ]);
    expect(second).toEqual({ offset: 1, timestamp: 2000, key: null, value: null, headers: [] });
  }
});

test("every codec gives back what it was given", () => {
  for (const codec of Object.keys(FAKE_CODECS) as CodecName[]) {
    for (const length of [1, 100, 40_000]) {
      const records = [{ ...RECORDS[0]!, value: Uint8Array.from({ length }, (_, index) => (index * index) & 255) }];
      const batch = encodeFakeBatch({ base: 7, records, codec });
      expect(readBatchHeader(batch).codec).toBe(FAKE_CODECS[codec].id);
      expect(readBatchRecords(batch).map(recordText)).toEqual(records.map(recordText));
    }
  }
});

test("compressed blocks with matches are read", () => {
  // "abcabcabcabc" and "!": a literal of 3, then a copy that overlaps itself.
  const snappy = Uint8Array.of(13, 2 << 2, 97, 98, 99, (8 << 2) | 2, 3, 0, 0 << 2, 33);
  expect(FAKE_CODECS.snappy.decompress(snappy)).toEqual(text("abcabcabcabc!"));
  const block = Uint8Array.of(0x35, 97, 98, 99, 3, 0, 0x10, 33);
  const lz4 = Uint8Array.of(4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, block.length, 0, 0, 0, ...block, 0, 0, 0, 0);
  expect(FAKE_CODECS.lz4.decompress(lz4)).toEqual(text("abcabcabcabc!"));
});

test("a topic's append time stands for all records", () => {
  const batch = encodeFakeBatch({ base: 0, records: RECORDS.map((one) => ({ ...one, offset: 0 })), appendTime: 77 });
  expect(readBatchRecords(batch).map((record) => record.timestamp)).toEqual([77, 77, 77]);
});
