import { describe, expect, it } from "vitest";
import { chunkFromObjects } from "../../../src/columnar/from-objects.js";
import type { KafkaSink } from "../../../src/sinks/kafka/kafka-sink.js";
import type { SinkBatch } from "../../../src/sinks/sink.js";
import {
  binary,
  int32,
  list,
  required,
  schemaOf,
  struct,
  timestamp,
  utf8,
} from "../../../src/types/type-constructors.js";
import { permitOf, runBatch, stage } from "../../contracts/sink-contract.js";
import {
  brokerWithTopic,
  committedText,
  type HastyBroker,
  keyValue,
  type SinkOptions,
  shape,
  sinkOn,
} from "./sink-on-broker.js";

type Pair = readonly [key: string | null, value: string | null];

function rows(...pairs: readonly Pair[]): SinkBatch {
  const objects = pairs.map(([key, value]) => ({ key, value }));
  return { chunk: chunkFromObjects(keyValue, objects), op: null };
}

async function opened(broker: HastyBroker, change: SinkOptions = {}, of = shape()): Promise<KafkaSink> {
  const sink = sinkOn(broker, change);
  await sink.open("q", "main", of);
  return sink;
}

describe("a trigger", () => {
  it("is one transaction: nothing before the commit, everything after it", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker);
    const token = await stage(sink, { batch: 0, attempt: 0 }, [rows(["a", "1"], ["b", "2"]), rows(["c", "3"])]);
    expect(token).toBe("3 records for kafka(out)");
    expect(broker.appended("out")[0]).toEqual([]);
    await sink.commit(permitOf(0, 0));
    expect(committedText(broker)).toEqual([["a=1", "b=2", "c=3"]]);
    expect(broker.count("EndTxn")).toBe(1);
    await sink.close();
    expect(broker.openSockets).toBe(0);
  });

  it("leaves both markers in its transaction, without rows too", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker);
    await runBatch(sink, 0, [rows(["a", "1"])], 3);
    await runBatch(sink, 1, [], 3);
    expect(broker.groupOffset("millrace-q-main", "out", 0)).toMatchObject({
      offset: 2,
      metadata: '{"batch":1,"attempt":3}',
    });
    expect(committedText(broker, "out.millrace-commits")).toEqual([
      ['q/main={"batch":0,"attempt":3}', 'q/main={"batch":1,"attempt":3}'],
    ]);
    expect(broker.count("EndTxn")).toBe(2);
  });

  it("goes to many topics at once, and each row where its columns say", async () => {
    const broker = brokerWithTopic(2);
    broker.createTopic("other", { partitions: 1 });
    const schema = schemaOf({ value: utf8(), topic: utf8(), partition: int32() });
    const sink = await opened(broker, {}, shape({}, schema));
    const objects = [
      { value: "1", topic: "other", partition: null },
      { value: "2", topic: null, partition: 1 },
      { value: "3", topic: "out", partition: 1 },
      { value: "4", topic: "other", partition: 0 },
    ];
    await runBatch(sink, 0, [{ chunk: chunkFromObjects(schema, objects), op: null }]);
    expect(committedText(broker, "other")).toEqual([["=1", "=4"]]);
    expect(committedText(broker, "out")).toEqual([[], ["=2", "=3"]]);
  });

  it("writes headers and timestamps", async () => {
    const broker = brokerWithTopic();
    const schema = schemaOf({
      value: binary(),
      timestamp: timestamp(),
      headers: list(struct({ key: required(utf8()), value: binary() })),
    });
    const sink = await opened(broker, {}, shape({}, schema));
    const value = Uint8Array.of(7);
    const chunk = chunkFromObjects(schema, [
      {
        value,
        timestamp: new Date(-1),
        headers: [
          { key: "h", value },
          { key: "h", value: null },
        ],
      },
      { value, timestamp: null, headers: null },
    ]);
    await runBatch(sink, 0, [{ chunk, op: null }]);
    const [[first, second] = []] = broker.committed("out");
    expect(first).toMatchObject({ timestamp: -1, key: null });
    expect(first?.headers.map(([key, bytes]) => [key, bytes?.[0] ?? null])).toEqual([
      ["h", 7],
      ["h", null],
    ]);
    expect(second).toMatchObject({ timestamp: broker.clock.now(), headers: [] });
  });

  it.each(["none", "gzip", "snappy", "lz4"] as const)("is compressed as asked: %s", async (compression) => {
    const broker = brokerWithTopic();
    const sink = await opened(broker, { options: { compression } });
    await runBatch(sink, 0, [rows(["a", "x".repeat(500)])]);
    expect(committedText(broker)).toEqual([[`a=${"x".repeat(500)}`]]);
  });

  it("is cut into batches of the size asked for", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker, { options: { maxBatchBytes: 200 } });
    const pairs = Array.from({ length: 10 }, (_, i): Pair => [`k${i}`, "x".repeat(60)]);
    await runBatch(sink, 0, [rows(...pairs)]);
    expect(committedText(broker)[0]).toHaveLength(10);
    expect(broker.count("Produce")).toBeGreaterThan(3);
  });

  it("uses the partitions that there are by then", async () => {
    const broker = brokerWithTopic(1);
    const schema = schemaOf({ value: utf8(), partition: int32() });
    const sink = await opened(broker, {}, shape({}, schema));
    const to = (partition: number): SinkBatch => ({
      chunk: chunkFromObjects(schema, [{ value: "v", partition }]),
      op: null,
    });
    await runBatch(sink, 0, [to(0)]);
    broker.addPartitions("out", 2);
    await runBatch(sink, 1, [to(1)]);
    expect(committedText(broker)).toEqual([["=v"], ["=v"]]);
  });

  it("spreads rows without a key over the partitions, a trigger to each in turn", async () => {
    const broker = brokerWithTopic(3);
    const sink = await opened(broker);
    for (const batch of [0, 1, 2, 3]) await runBatch(sink, batch, [rows([null, `${batch}a`], [null, `${batch}b`])]);
    expect(committedText(broker)).toEqual([
      ["=0a", "=0b", "=3a", "=3b"],
      ["=1a", "=1b"],
      ["=2a", "=2b"],
    ]);
  });
});

describe("update mode", () => {
  const updates = shape({ mode: "update", key: [0], insertOnly: false, deletes: true });

  it("writes a deleted row as a tombstone: no value under its key", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker, {}, updates);
    await runBatch(sink, 0, [rows(["a", "1"], ["b", "1"])]);
    await runBatch(sink, 1, [{ ...rows(["a", null], ["b", "2"]), op: Uint8Array.of(1, 0) }]);
    expect(committedText(broker)).toEqual([["a=1", "b=1", "a=", "b=2"]]);
    expect(broker.committed("out")[0]?.[2]?.value).toBeNull();
  });

  it("refuses a row that nothing could ever replace", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker, {}, updates);
    await sink.begin(0, 0);
    await sink.write(rows(["a", "1"], [null, "2"]));
    await expect(sink.prepare()).rejects.toThrow(/KAFKA_KEY_NULL.*topic "out".*sink kafka\(out\), batch 0.*coalesce/);
  });
});

describe("rows that no record can be made of", () => {
  async function refused(batch: SinkBatch, change: SinkOptions = {}, of = shape()): Promise<string> {
    const broker = brokerWithTopic();
    const sink = await opened(broker, change, of);
    await runBatch(sink, 0, [rows()]);
    const error = await stage(sink, { batch: 1, attempt: 0 }, [rows(), batch]).catch((reason: Error) => reason.message);
    await sink.abort(0);
    expect(broker.appended("out").flat()).toEqual([]);
    await runBatch(sink, 1, [rows()], 1);
    await sink.close();
    return String(error);
  }

  it("too large: the size, the limit and the beginning of the key", async () => {
    const key = `user-${"9".repeat(60)}`;
    const message = await refused(rows(["a", "1"], [key, "x".repeat(3000)]), { options: { maxRecordBytes: 2000 } });
    expect(message).toMatch(
      /^KAFKA_TOO_LARGE: A row for the topic "out" with the key "user-9{35}"\.\.\. takes 31\d\d bytes, and a record may take 2000\. Nothing of its batch was sent\. At sink kafka\(out\), batch 1\. Raise maxRequestSize/,
    );
  });

  const topics = schemaOf({ key: utf8(), value: utf8(), topic: utf8() });
  const ofTopics = shape({}, topics);
  const toTopic = (topic: string | null): SinkBatch => ({
    chunk: chunkFromObjects(topics, [{ key: "k", value: "v", topic }]),
    op: null,
  });

  it("for a topic that is not there", async () => {
    expect(await refused(toTopic("nowhere"), {}, ofTopics)).toMatch(
      /^KAFKA_TOPIC_UNKNOWN.*"nowhere".*batch 1.*Make the topic/,
    );
  });

  it("for no topic at all", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker, { options: { topic: null } }, ofTopics);
    await expect(stage(sink, { batch: 0, attempt: 0 }, [toTopic("out"), toTopic(null)])).rejects.toThrow(
      /KAFKA_TOPIC_NULL.*key "k" has NULL in the column 'topic'.*sink kafka, batch 0/,
    );
  });

  it("for a partition that is not there", async () => {
    const schema = schemaOf({ value: utf8(), partition: int32() });
    const chunk = chunkFromObjects(schema, [{ value: "v", partition: 4 }]);
    expect(await refused({ chunk, op: null }, {}, shape({}, schema))).toMatch(
      /^KAFKA_PARTITION_UNKNOWN.*topic "out" goes to partition 4, and the topic has the partitions 0 to 0/,
    );
  });

  it.each([
    [
      "one record",
      [["a", "x".repeat(1000)]] as const,
      /^KAFKA_TOO_LARGE: A record with the key "a" for the topic "small".*Raise the topic's max/,
    ],
    [
      "several",
      [
        ["a", "x".repeat(300)],
        ["b", "x".repeat(300)],
      ] as const,
      /^KAFKA_TOO_LARGE: 2 records in a batch of \d+ bytes for the topic "small".*Set maxBatchBytes below/,
    ],
  ])(
    "larger than the topic itself takes: the broker says so (%s), and nothing stays behind",
    async (_, pairs, message) => {
      const broker = brokerWithTopic();
      broker.createTopic("small", { configs: { "max.message.bytes": "500" } });
      const sink = await opened(broker, { options: { topic: "small" } });
      await stage(sink, { batch: 0, attempt: 0 }, [rows(...pairs)]);
      await expect(sink.commit(permitOf(0, 0))).rejects.toThrow(message);
      await sink.close();
      const { stable, end } = broker.offsets("small", 0);
      expect(stable).toBe(end);
      expect(committedText(broker, "small")).toEqual([[]]);
    },
  );

  it("without a key, for a topic that is compacted: the broker says so", async () => {
    const broker = brokerWithTopic();
    broker.createTopic("table", { configs: { "cleanup.policy": "compact" } });
    const sink = await opened(broker, { options: { topic: "table", compression: "gzip" } });
    await stage(sink, { batch: 0, attempt: 0 }, [rows(["a", "1"], [null, "2"])]);
    await expect(sink.commit(permitOf(0, 0))).rejects.toThrow(
      /^KAFKA_RECORD_REFUSED: A record for the topic "table" cannot be written.*sink kafka\(table\), batch 0/,
    );
    expect(committedText(broker, "table")).toEqual([[]]);
  });
});

describe("opening", () => {
  it("refuses a topic that is not there, and holds no connection then", async () => {
    const broker = brokerWithTopic();
    await expect(opened(broker, { options: { topic: "nowhere" } })).rejects.toThrow(/KAFKA_TOPIC_UNKNOWN.*"nowhere"/);
    expect(broker.openSockets).toBe(0);
  });

  it("refuses a codec that nothing here writes, before it connects", async () => {
    const broker = brokerWithTopic();
    const codecs = async () => ({ read: {}, write: {} });
    await expect(opened(broker, { codecs, options: { compression: "zstd" } })).rejects.toThrow(/CODEC_MISSING.*zstd/);
    expect(broker.calls).toEqual([]);
  });

  it("makes the topic of markers: one partition, compacted", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker, { commitTopic: "marks" });
    expect(broker.committed("marks")).toEqual([[]]);
    await runBatch(sink, 0, []);
    expect(committedText(broker, "marks")).toEqual([['q/main={"batch":0,"attempt":0}']]);
  });
});

describe("without transactions", () => {
  it("rows are written at the commit, and nothing else", async () => {
    const broker = brokerWithTopic();
    const sink = await opened(broker, { transactional: false });
    expect([sink.idempotent, sink.durable]).toEqual([false, false]);
    expect(await sink.committed()).toBeNull();
    await runBatch(sink, 5, [rows(["a", "1"])]);
    await runBatch(sink, 6, []);
    expect(committedText(broker)).toEqual([["a=1"]]);
    expect(broker.count("EndTxn") + broker.count("TxnOffsetCommit") + broker.count("CreateTopics")).toBe(0);
  });
});
