import { afterEach, describe, expect, test } from "vitest";
import { type KafkaSinkOptions, kafkaSink } from "../../src/dataframe/kafka-sinks.js";
import { count } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { toJson } from "../../src/expressions/functions/json.js";
import { struct } from "../../src/expressions/functions/struct.js";
import { window } from "../../src/expressions/functions/window.js";
import type { QueryHandle } from "../../src/plan/engine.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { at, TestMachine } from "../fakes/test-machine.js";
import { brokerWithTopic, committedText } from "../sinks/kafka/sink-on-broker.js";

const columns = { user: utf8(), n: int64() };
const rows = [
  { user: "ann", n: 1 },
  { user: "bob", n: 2 },
  { user: "ann", n: 3 },
];
const JSON_ROWS = ['ann={"user":"ann","n":1}', 'bob={"user":"bob","n":2}', 'ann={"user":"ann","n":3}'];
const record = [col("user").as("key"), toJson(struct("*")).as("value")] as const;

const running: QueryHandle[] = [];
afterEach(async () => {
  for (const query of running.splice(0)) await query.stop();
});

function scene() {
  const { session } = new TestMachine();
  const broker = brokerWithTopic();
  const frame = session.readStream.memory(new MemoryStream(columns).add(rows)).select(...record);
  return { session, broker, frame, client: broker.provider() };
}

async function processed(start: Promise<QueryHandle>): Promise<QueryHandle> {
  const query = await start;
  running.push(query);
  await query.processAllAvailable();
  return query;
}

describe("writeStream", () => {
  test("with a checkpoint each row once, by transactions", async () => {
    const { broker, frame, client } = scene();
    const query = await processed(frame.writeStream.checkpoint("state").kafka({ topic: "out", client }).start());
    expect(query.guarantee.level).toBe("exactly-once");
    expect(committedText(broker)).toEqual([JSON_ROWS]);
    expect(broker.groupOffset(`millrace-${query.id}-main`, "out", 0)?.offset).toBe(1);
    expect(query.lastProgress?.sink.description).toBe("kafka(out)");
  });

  test("in Spark's words", async () => {
    const { broker, frame, client } = scene();
    const options = { topic: "out", client, maxBatchBytes: "1000", transactional: "true" };
    const writer = frame.writeStream.format("kafka").options(options).option("checkpointLocation", "state");
    expect((await processed(writer.start())).guarantee.level).toBe("exactly-once");
    expect(committedText(broker)).toEqual([JSON_ROWS]);
  });

  test.each(["no checkpoint", "asked for less", "without transactions"])(
    "%s: at least once, and no transaction",
    async (why) => {
      const { broker, frame, client } = scene();
      const writer = why === "no checkpoint" ? frame.writeStream : frame.writeStream.checkpoint("state");
      const asking = why === "asked for less" ? writer.guarantee("at-least-once") : writer;
      const options = why === "without transactions" ? { transactional: false } : {};
      const query = await processed(asking.kafka({ topic: "out", client, ...options }).start());
      expect(query.guarantee.level).toBe("at-least-once");
      expect(committedText(broker)).toEqual([JSON_ROWS]);
      expect(broker.count("EndTxn") + broker.count("CreateTopics")).toBe(0);
    },
  );

  test("more than the sink can give is refused, with the reason", async () => {
    const { frame, client } = scene();
    const writer = frame.writeStream.checkpoint("state").guarantee("exactly-once");
    await expect(writer.kafka({ topic: "out", client, transactional: false }).start()).rejects.toThrow(
      /GUARANTEE_TOO_STRONG.*kafka\(out\) cannot tell a repeated batch/,
    );
  });

  test("what is replaced is written under its key, what is taken back as a tombstone", async () => {
    const { session, broker, client } = scene();
    const stream = new MemoryStream(columns).add(rows.slice(0, 2));
    const few = session.readStream.memory(stream).groupBy("user").agg({ n: count() }).filter(col("n").lt(2));
    const writer = few
      .select(...record)
      .writeStream.outputMode("update")
      .checkpoint("state");
    const query = await processed(writer.kafka({ topic: "out", client }).start());
    stream.add(rows.slice(2));
    await query.processAllAvailable();
    expect(committedText(broker)).toEqual([['ann={"user":"ann","n":1}', 'bob={"user":"bob","n":1}', "ann="]]);
  });

  test("a key that hides what the rows are told apart by is refused where rows can be taken back", async () => {
    const { session, client } = scene();
    const few = session.readStream
      .memory(new MemoryStream(columns).add(rows))
      .groupBy("user")
      .agg({ n: count() })
      .filter(col("n").lt(2))
      .select(col("user").as("value"), toJson(struct("user")).as("key"));
    const writer = few.writeStream.outputMode("update").kafka({ topic: "out", client });
    await expect(writer.start()).rejects.toThrow(/SINK_COLUMNS.*its key is not the column 'key'/);
  });

  test.each(["complete", "changelog"] as const)("%s mode is refused with the modes there are", async (mode) => {
    const { session, client } = scene();
    const counts = session.readStream.memory(new MemoryStream(columns)).groupBy("user").agg({ n: count() });
    const writer = counts
      .select(...record)
      .writeStream.outputMode(mode)
      .kafka({ topic: "out", client });
    await expect(writer.start()).rejects.toThrow(/SINK_MODE.*kafka\(out\).*outputMode\("append" or "update"\)/);
  });

  test("rows that came too late go to a topic whole, as JSON", async () => {
    const { session, broker, client } = scene();
    broker.createTopic("late");
    const stream = new MemoryStream({ at: timestamp(), user: utf8() }).add([{ at: at("12:05"), user: "ann" }]);
    const counts = session.readStream
      .memory(stream)
      .withWatermark("at", "1 minute")
      .groupBy(window("at", "1 minute"))
      .agg({ n: count() })
      .select(toJson(struct("*")).as("value"));
    const late = kafkaSink({ topic: "late", client });
    const writer = counts.writeStream.checkpoint("state").kafka({ topic: "out", client }).lateRows(late);
    const query = await processed(writer.start());
    stream.add([{ at: at("12:00"), user: "bob" }]);
    await query.processAllAvailable();
    const [[record = ""] = []] = committedText(broker, "late");
    expect(JSON.parse(record.slice(1))).toMatchObject({
      user: "bob",
      _operator: expect.any(String),
      _lateness: 240_000_000,
    });
    expect(broker.groupOffset(`millrace-${query.id}-late`, "late", 0)?.metadata).toContain('"batch":1');
  });

  test.each([
    [{ topik: "out" }, /OPTION_UNKNOWN.*topik.*'topic'/],
    [{ topic: "a b" }, /OPTION_INVALID.*'topic'.*'a b'/],
    [{ topic: "out", compression: "gz" }, /OPTION_INVALID.*compression.*'gzip'/],
    [{ topic: "out", maxBatchBytes: 0 }, /OPTION_INVALID.*maxBatchBytes/],
    [{ topic: "out", transactionTimeout: "soon" }, /OPTION_INVALID.*transactionTimeout/],
    [{ topic: "out", "kafka.transactional.id": "mine" }, /OPTION.*kafka\.transactional\.id/],
    [{ topic: "out", "kafka.acks": "1" }, /OPTION.*kafka\.acks/],
  ])("options are checked by name: %j", (options, message) => {
    const { client, frame } = scene();
    const given = { client, ...options } as KafkaSinkOptions;
    expect(() => kafkaSink(given)).toThrow(message);
    expect(() => frame.writeStream.kafka(given)).toThrow(message);
  });

  test("neither a path nor partitionBy means anything", async () => {
    const { frame, client } = scene();
    const writer = frame.writeStream.format("kafka").options({ topic: "out", client });
    await expect(writer.start("out/")).rejects.toThrow(/OPTION_UNKNOWN.*path/);
    await expect(writer.partitionBy("key").start()).rejects.toThrow(/SINK_PARTITIONS/);
  });
});

describe("write", () => {
  function bounded() {
    const { session, broker, client, frame } = scene();
    const batch = session.read.memory(new MemoryStream(columns).add(rows)).select(...record);
    return { session, broker, client, stream: frame, batch };
  }

  test("all rows in one transaction, in our words and in Spark's", async () => {
    const { broker, client, batch } = bounded();
    await batch.write.kafka({ topic: "out", client });
    expect(broker.count("EndTxn")).toBe(1);
    await batch.write.format("kafka").mode("append").option("topic", "out").option("client", client).save();
    expect(committedText(broker)).toEqual([[...JSON_ROWS, ...JSON_ROWS]]);
    expect(broker.openSockets).toBe(0);
  });

  test("without transactions when asked", async () => {
    const { broker, client, batch } = bounded();
    await batch.write.kafka({ topic: "out", client, transactional: false });
    expect(broker.count("EndTxn")).toBe(0);
    expect(committedText(broker)).toEqual([JSON_ROWS]);
  });

  test("nothing of it is to be seen when a row cannot be written", async () => {
    const { broker, client, batch } = bounded();
    const writing = batch.write.kafka({ topic: "out", client, maxRequestSize: 100 });
    await expect(writing).rejects.toThrow(/KAFKA_TOO_LARGE.*"ann".*write\.kafka/);
    expect(broker.appended("out")).toEqual([[]]);
    expect(broker.openSockets).toBe(0);
  });

  test("what cannot work is refused", async () => {
    const { client, batch, stream } = bounded();
    const topic = "out";
    await expect(stream.write.kafka({ topic, client })).rejects.toThrow(/STREAMING_FRAME/);
    await expect(batch.write.mode("overwrite").kafka({ topic, client })).rejects.toThrow(/SAVE_MODE.*overwrite/);
    await expect(batch.write.partitionBy("key").kafka({ topic, client })).rejects.toThrow(/SAVE_MODE.*partitionBy/);
    await expect(batch.write.kafka({ topic: "nowhere", client })).rejects.toThrow(/KAFKA_TOPIC_UNKNOWN/);
    await expect(batch.write.format("kafka").option("topic", "out").save("out/")).rejects.toThrow(
      /OPTION_UNKNOWN.*path/,
    );
    await expect(batch.write.format("kafkaa").save("out/")).rejects.toThrow(/FORMAT_UNKNOWN.*"kafka"/);
  });
});
