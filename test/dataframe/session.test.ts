import { tableFromArrays, tableToIPC } from "apache-arrow";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { ColumnsIn, DataFrame } from "../../src/dataframe/data-frame.js";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import type { Int64Type, NullType, TimestampType, Utf8Type } from "../../src/types/data-type.js";
import { formatSchema } from "../../src/types/format-type.js";
import { int64, required, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { TestMachine } from "../fakes/test-machine.js";

describe("createDataFrame", () => {
  test("rows say their types, or a schema does", async () => {
    const { session } = new TestMachine();
    const inferred = session.createDataFrame([
      { user: "ann", n: 1.5, big: 2n, at: new Date(0) },
      { user: null, n: 2, big: null, at: null },
    ]);
    expect(formatSchema(inferred.schema)).toBe("user string, n double, big bigint, at timestamp");
    expect(await inferred.collect()).toEqual([
      { user: "ann", n: 1.5, big: 2, at: new Date(0) },
      { user: null, n: 2, big: null, at: null },
    ]);
    const given = session.createDataFrame([{ n: 1, user: "ann" }], { user: utf8(), n: required(int64()) });
    expect(await given.collect({ int64: "bigint" })).toEqual([{ user: "ann", n: 1n }]);
    expect(session.createDataFrame([], "n BIGINT NOT NULL").columns).toEqual(["n"]);
  });

  test("Arrow tables and IPC bytes are rows", async () => {
    const { session } = new TestMachine();
    const arrow = tableFromArrays({ n: Int32Array.of(1, 2), user: ["ann", "bob"] });
    const expected = [
      { n: 1, user: "ann" },
      { n: 2, user: "bob" },
    ];
    expect(await session.createDataFrame(arrow).collect()).toEqual(expected);
    expect(await session.createDataFrame(tableToIPC(arrow)).collect()).toEqual(expected);
  });

  test("what is no data is refused, naming row and column where it can", () => {
    const { session } = new TestMachine();
    expect(() => session.createDataFrame({ n: 1 })).toThrow(/DATA_SHAPE/);
    expect(() => session.createDataFrame([{ n: "x" }], { n: int64() })).toThrow(/VALUE_TYPE_MISMATCH.*n/);
    expect(() => session.createDataFrame([{ n: null }])).toThrow(/n/);
  });

  test("a frame runs as often as it is asked, by itself and with others", async () => {
    const { session } = new TestMachine();
    const frame = session.createDataFrame([{ n: 1 }, { n: 2 }]);
    const doubled = frame.union(frame.select(col("n").times(2).as("n")));
    for (let i = 0; i < 2; i++) expect(await doubled.agg({ total: sum("n") }).collect()).toEqual([{ total: 9 }]);
    expect(await frame.count()).toBe(2);
  });

  test("the frame of another session is not known here", async () => {
    const frame = new TestMachine().session.createDataFrame([{ n: 1 }]);
    const { host } = new TestMachine().session.range(1);
    await expect(host.engine.collect(frame.plan)).rejects.toMatchObject({ code: "SOURCE_UNKNOWN" });
  });
});

test("range counts up and down", async () => {
  const { session } = new TestMachine();
  expect(await session.range(3).collect()).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
  expect(await session.range(5, 0, -2).collect()).toEqual([{ id: 5 }, { id: 3 }, { id: 1 }]);
  expect(await session.range(0).collect()).toEqual([]);
  expect(session.range(1).isStreaming).toBe(false);
  expectTypeOf<ColumnsIn<ReturnType<typeof session.range>>>().toEqualTypeOf<{ readonly id: Int64Type }>();
});

describe("files", () => {
  function machineWithFiles(): TestMachine {
    const machine = new TestMachine();
    machine.files.put("in/b.json", '{"n": 3, "user": "cid"}\n');
    machine.files.put("in/a.json", '{"n": 1, "user": "ann"}\n{"n": 2}\n');
    return machine;
  }
  const expected = [
    { n: 1, user: "ann" },
    { n: 2, user: null },
    { n: 3, user: "cid" },
  ];

  test("json with a schema is there at once, without one as a promise", async () => {
    const { session } = machineWithFiles();
    const typed = session.read.schema({ n: int64(), user: utf8() }).json("in");
    expect(await typed.collect()).toEqual(expected);
    const inferred = await session.read.json("in");
    expect(inferred.columns).toEqual(["n", "user"]);
    expect(await inferred.collect()).toEqual(expected);
    expect(await session.read.format("json").schema("n BIGINT").load("in/b.json").collect()).toEqual([{ n: 3 }]);
    expect(await (await session.read.format("json").load("in/b.json")).collect()).toEqual(expected.slice(2));
  });

  test("what is missing or unknown", async () => {
    const { session } = machineWithFiles();
    await expect(session.read.json("nowhere")).rejects.toThrow(/nowhere/);
    await expect(session.read.load("in")).rejects.toMatchObject({ code: "FORMAT_MISSING" });
    await expect(session.read.format("jsn").load("in")).rejects.toThrow(/json/);
    await expect(session.read.option("mod", "failfast").json("in")).rejects.toThrow(/mode/);
  });

  test("files that arrive are a stream", async () => {
    const { session, files } = machineWithFiles();
    const frame = session.readStream.schema({ n: int64(), user: utf8() }).option("maxFilesPerTrigger", 1).json("in");
    expect(frame.isStreaming).toBe(true);
    const query = await frame.writeStream.memory("t").trigger({ availableNow: true }).start();
    await query.awaitTermination();
    expect(query.recentProgress.map(({ numInputRows }) => numInputRows)).toEqual([1, 2]);
    files.put("in/c.json", '{"n": 4, "user": "dot"}\n');
    expect(await session.table("t").orderBy("n").collect()).toEqual(expected);
  });

  test("what streams has no end to wait for; a stream read as a batch has", async () => {
    const { session } = machineWithFiles();
    const stream = new MemoryStream({ n: int64() }).add([{ n: 1 }]);
    await expect(session.readStream.memory(stream).collect()).rejects.toMatchObject({ code: "STREAMING_FRAME" });
    await expect(session.readStream.memory(stream).count()).rejects.toMatchObject({ code: "STREAMING_FRAME" });
    expect(await session.read.memory(stream).collect()).toEqual([{ n: 1 }]);
  });
});

describe("session.table", () => {
  test("is the table as it is when the frame runs", async () => {
    const { session } = new TestMachine();
    const stream = new MemoryStream({ n: int64() }).add([{ n: 1 }]);
    expect(() => session.table("t")).toThrow(/TABLE_NOT_FOUND/);
    const query = await session.readStream
      .memory(stream)
      .agg({ n: sum("n") })
      .writeStream.outputMode("complete")
      .memory("t")
      .start();
    const table = session.table("t");
    await query.processAllAvailable();
    expect(await table.collect()).toEqual([{ n: 1 }]);
    stream.add([{ n: 41 }]);
    await query.processAllAvailable();
    expect(await table.collect()).toEqual([{ n: 42 }]);
    await query.stop();
    expect(await table.select(col("n").plus(1).as("next")).collect()).toEqual([{ next: 43 }]);
    expect(() => session.table("u")).toThrow(/There are: t/);
  });

  test("says so when the name has gone to a table of other columns", async () => {
    const { session } = new TestMachine();
    const numbers = await session.range(1).writeStream.memory("t").start();
    await numbers.awaitTermination();
    const table = session.table("t");
    const texts = await session
      .createDataFrame([{ text: "a" }])
      .writeStream.memory("t")
      .start();
    await texts.awaitTermination();
    await expect(table.collect()).rejects.toMatchObject({ code: "TABLE_CHANGED" });
    expect(await session.table("t").collect()).toEqual([{ text: "a" }]);
  });

  test("in update mode holds the newest row of every key, deleted ones gone", async () => {
    const { session } = new TestMachine();
    const stream = new MemoryStream({ user: utf8() }).add([{ user: "ann" }, { user: "bob" }]);
    const histogram = session.readStream
      .memory(stream)
      .groupBy("user")
      .agg({ n: count() })
      .groupBy("n")
      .agg({ users: count() });
    const query = await histogram.writeStream.outputMode("update").memory("t").start();
    await query.processAllAvailable();
    stream.add([{ user: "ann" }, { user: "bob" }]);
    await query.processAllAvailable();
    expect(await session.table("t").collect()).toEqual([{ n: 2, users: 2 }]);
    await query.stop();
  });
});

test("a schema gives typed columns", () => {
  const { session } = new TestMachine();
  const ids = session.readStream.schema({ id: int64() }).json("x");
  expectTypeOf(ids).toEqualTypeOf<DataFrame<ColumnsIn<typeof ids>>>();
  expectTypeOf<ColumnsIn<typeof ids>["id"]>().toEqualTypeOf<Int64Type | NullType>();
  const kept = session.read.schema({ id: required(int64()), user: utf8() }).parquet("x");
  // Files are not checked before they are read.
  expectTypeOf<ColumnsIn<typeof kept>["id"]>().toEqualTypeOf<Int64Type | NullType>();
  expect(kept.schema.fields.map(({ nullable }) => nullable)).toEqual([true, true]);
  const rows = session.createDataFrame([{ id: 1 }], { id: required(int64()) });
  expectTypeOf<ColumnsIn<typeof rows>["id"]>().toEqualTypeOf<Int64Type>();
  expectTypeOf(kept.collect).returns.resolves.items.toHaveProperty("user").toEqualTypeOf<string | null>();
  const lines = session.readStream.socket({ host: "h", port: 1 });
  expectTypeOf<ColumnsIn<typeof lines>>().toEqualTypeOf<{ readonly value: Utf8Type }>();
  const timed = session.readStream.socket({ host: "h", port: 1, includeTimestamp: true });
  expectTypeOf<ColumnsIn<typeof timed>["timestamp"]>().toEqualTypeOf<TimestampType>();
  expect([lines.columns, timed.columns]).toEqual([["value"], ["value", "timestamp"]]);
  const stream = new MemoryStream({ at: timestamp() });
  expectTypeOf<ColumnsIn<ReturnType<typeof session.readStream.memory<{ at: TimestampType }>>>["at"]>().toEqualTypeOf<
    TimestampType | NullType
  >();
  // @ts-expect-error there is no such column
  expect(() => session.readStream.memory(stream).select("att")).toThrow(/COLUMN_NOT_FOUND/);
  expect(() => session.readStream.schema({ id: int64() }).json("x").select("id")).not.toThrow();
});

test("what a source cannot take is refused, not dropped", async () => {
  const { session, files } = new TestMachine();
  const stream = new MemoryStream({ n: int64() });
  const withSchema = session.readStream.schema({ n: int64() });
  expect(() => withSchema.socket({ host: "h", port: 1 })).toThrow(/SCHEMA_NOT_TAKEN/);
  expect(() => withSchema.format("rate").load()).toThrow(/SCHEMA_NOT_TAKEN/);
  expect(() => withSchema.memory(stream)).toThrow(/SCHEMA_NOT_TAKEN/);
  expect(() => session.readStream.option("rows", 1).memory(stream)).toThrow(/OPTION_UNKNOWN/);
  expect(() => session.read.option("rows", 1).memory(stream)).toThrow(/OPTION_UNKNOWN/);
  expect(() => withSchema.format("json").load()).toThrow(/PATH_MISSING/);
  expect(() => session.readStream.json("in")).toThrow(/SCHEMA_REQUIRED/);
  expect(() => session.readStream.format("sockt").load()).toThrow(/Did you mean "socket"\?/);
  files.put("in/a.json", '{"n": 1}');
  const inferred = await session.readStream.option("maxRowsPerTrigger", 1).inferSchema("json", "in");
  expect(formatSchema(inferred)).toBe("n bigint");
});
