import { describe, expect, it } from "vitest";
import { CHUNK_ROWS } from "../../../src/columnar/chunk.js";
import { toObjects } from "../../../src/columnar/to-objects.js";
import { kafkaSchema } from "../../../src/formats/kafka/kafka-schema.js";
import { schema } from "../../../src/types/type-constructors.js";
import { encodeFakeBatch, type FakeBatch } from "../../fakes/kafka/fake-batch-writer.js";
import { recordText, type StoredRecord } from "../../fakes/kafka/fake-record.js";
import { Random } from "../../laws/cases/random.js";
import { decode, joined, recordsOf, withChecksum } from "./decoded.js";

const CODEC_NAMES = [undefined, "gzip", "snappy", "lz4", "zstd"] as const;

function randomBytes(random: Random, most: number): Uint8Array {
  return Uint8Array.from({ length: random.int(0, most) }, () => random.int(0, 255));
}

function randomRecord(random: Random, offset: number): StoredRecord {
  return {
    offset,
    timestamp: random.pick([0, 1.7e12, 1.7e12 + random.int(0, 1e9), -random.int(1, 1e12), 9e12]),
    key: random.chance(0.3) ? null : randomBytes(random, random.pick([0, 8, 40, 300])),
    value: random.chance(0.2) ? null : randomBytes(random, random.pick([0, 10, 63, 64, 200, 2000])),
    headers: Array.from({ length: random.chance(0.5) ? 0 : random.int(1, 3) }, (_, i) => [
      random.pick(["", "trace", `ключ ${i}`]),
      random.chance(0.3) ? null : randomBytes(random, 20),
    ]),
  };
}

/** Batches of random records with holes between their offsets, and the records. */
function randomLog(random: Random, batches: number): { bytes: Uint8Array; records: StoredRecord[]; next: number } {
  const written: Uint8Array[] = [];
  const records: StoredRecord[] = [];
  let next = random.pick([0, 7, 2 ** 32 - 5, 2 ** 40]);
  for (let i = 0; i < batches; i++) {
    const base = next;
    const some: StoredRecord[] = [];
    for (let count = random.int(0, 30); count > 0; count--) {
      next += random.int(0, 3);
      some.push(randomRecord(random, next++));
    }
    next += random.int(1, 3);
    written.push(encodeFakeBatch({ base, records: some, last: next - 1, codec: random.pick(CODEC_NAMES) }));
    records.push(...some);
  }
  return { bytes: joined(...written), records, next };
}

const record = (offset: number, given: Partial<StoredRecord> = {}): StoredRecord => ({
  ...{ offset, timestamp: 0, key: null, value: null, headers: [] },
  ...given,
});

const rows = (batch: Omit<FakeBatch, "base">) =>
  decode(encodeFakeBatch({ base: 0, ...batch })).chunks.flatMap((chunk) => toObjects(chunk));

it("reads what an independent writer has written: any batches, codecs, nulls, headers, holes and instants", () => {
  for (let seed = 0; seed < 40; seed++) {
    const { bytes, records, next } = randomLog(new Random(seed), 8);
    const decoded = decode(bytes);
    expect(recordsOf(decoded).map(recordText)).toEqual(records.map(recordText));
    expect(decoded.next).toBe(next);
    expect(decoded.damaged).toBe(0);
  }
});

it("makes the columns that the schema has, in its order, and no others", () => {
  const { bytes, records } = randomLog(new Random(3), 5);
  const all = kafkaSchema(true).fields;
  for (const some of [
    ["value"],
    ["key"],
    ["offset", "key"],
    ["headers", "value", "topic"],
    ["timestampType", "partition"],
  ]) {
    const wanted = schema(some.map((name) => all.find((field) => field.name === name)!));
    const { chunks } = decode(bytes, { topic: "orders", partition: 3 }, { schema: wanted });
    const whole = decode(bytes, { topic: "orders", partition: 3 }).chunks.flatMap((chunk) =>
      toObjects(chunk, { int64: "bigint" }),
    );
    const expected = whole.map((row) => Object.fromEntries(some.map((name) => [name, row[name]])));
    expect(chunks.flatMap((chunk) => toObjects(chunk, { int64: "bigint" }))).toEqual(expected);
    expect(whole).toHaveLength(records.length);
    expect(chunks.every(({ partition }) => partition === "orders-3")).toBe(true);
  }
});

it("cuts chunks at their size, across batches", () => {
  const batches = Array.from({ length: 50 }, (_, i) =>
    encodeFakeBatch({ base: i * 1000, records: Array.from({ length: 1000 }, (_, row) => record(i * 1000 + row)) }),
  );
  const { chunks } = decode(joined(...batches));
  expect(chunks.map(({ length }) => length)).toEqual([CHUNK_ROWS, CHUNK_ROWS, CHUNK_ROWS, 50_000 - 3 * CHUNK_ROWS]);
});

it("gives the broker's time where the topic says so, and says which it is", () => {
  const decoded = rows({ records: [record(0, { timestamp: 5 }), record(1, { timestamp: 6 })], appendTime: 77_000 });
  expect(decoded.map((row) => [row.timestamp, row.timestampType])).toEqual([
    [new Date(77_000), 1],
    [new Date(77_000), 1],
  ]);
  expect(rows({ records: [record(0, { timestamp: 5 })] })[0]).toMatchObject({
    timestamp: new Date(5),
    timestampType: 0,
  });
});

it("has NULL for an instant beyond what a timestamp holds, and exact microseconds up to there", () => {
  const instants = [9_007_199_254_740, 9_007_199_254_741, 2 ** 53 - 1, 2 ** 53 + 2, -9_007_199_254_741];
  const micros = instants.map((timestamp) => {
    const { chunks } = decode(encodeFakeBatch({ base: 0, records: [record(0, { timestamp })] }));
    return toObjects(chunks[0], { timestamp: "micros" })[0].timestamp;
  });
  expect(micros).toEqual([
    9_007_199_254_740_000n,
    9_007_199_254_741_000n,
    9_007_199_254_740_991_000n,
    null,
    -9_007_199_254_741_000n,
  ]);
});

it("has NULL for no headers, and repairs keys of headers that are no text", () => {
  const lone = new Uint8Array([0xff]);
  const bytes = encodeFakeBatch({ base: 0, records: [record(0), record(1, { headers: [["~", lone]] })] });
  // The key's one byte becomes one that no character begins with.
  bytes[bytes.lastIndexOf("~".charCodeAt(0))] = 0xff;
  const { chunks } = decode(withChecksum(bytes));
  expect(toObjects(chunks[0]).map((row) => row.headers)).toEqual([null, [{ key: "\ufffd", value: lone }]]);
});

describe("where to go on", () => {
  const batches = [0, 10, 20].map((base) => encodeFakeBatch({ base, records: [record(base)], last: base + 4 }));

  it("is behind the last whole batch, whatever became of its records", () => {
    const cut = joined(...batches).subarray(0, -1);
    expect(decode(cut).next).toBe(15);
    expect(decode(joined(...batches), { from: 22 })).toEqual({ chunks: [], next: 25, damaged: 0 });
  });

  it("is at the end of the range where compaction has left a hole there", () => {
    expect(decode(joined(...batches), { to: 8 }).next).toBe(10);
    expect(decode(joined(...batches), { to: 10 }).next).toBe(10);
    expect(decode(joined(...batches), { to: 11 }).next).toBe(20);
  });

  it("is where it began when there is nothing", () => {
    expect(decode(new Uint8Array(0), { from: 9 })).toEqual({ chunks: [], next: 9, damaged: 0 });
  });

  it("is before the rest when much has been decompressed: memory is bounded, not the range", () => {
    const value = new Uint8Array(1000);
    const many = Array.from({ length: 10 }, (_, base) =>
      encodeFakeBatch({ base, records: [record(base, { value })], codec: "gzip" }),
    );
    const bytes = joined(...many);
    const offsets: number[] = [];
    for (let from = 0; from < 10; ) {
      const decoded = decode(bytes, { from }, { maxBatchBytes: 3000 });
      offsets.push(...recordsOf(decoded).map(({ offset }) => offset));
      expect(decoded.next).toBeGreaterThan(from);
      from = decoded.next;
    }
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
