import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nodeFileSystem } from "../../src/common/node-file-system.js";
import { arrowSink, jsonSink, parquetSink, textSink } from "../../src/dataframe/file-sinks.js";
import { col } from "../../src/expressions/functions/col.js";
import { Session } from "../../src/node-session.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { dataFiles, temporaryDirectory } from "../contracts/file-sink-case.js";

const columns = { user: utf8(), n: int64() };
const rows = [
  { user: "ann", n: 1 },
  { user: "bob", n: 2 },
  { user: "ann", n: 3 },
];
const session = new Session();

async function contents(directory: string): Promise<string[]> {
  return Promise.all((await dataFiles(directory)).map((name) => readFile(join(directory, name), "utf8")));
}

describe("writeStream", () => {
  test.each(["json", "parquet", "arrow"] as const)("%s files are read back by the same session", async (format) => {
    const out = join(await temporaryDirectory(), "out");
    const stream = new MemoryStream(columns).add(rows.slice(0, 2));
    const query = await session.readStream.memory(stream).writeStream[format](out, { maxRowsPerFile: 1 }).start();
    await query.processAllAvailable();
    stream.add(rows.slice(2));
    await query.processAllAvailable();
    await query.stop();
    expect((await dataFiles(out)).length).toBe(3);
    const back = await session.read.schema(columns)[format](out).orderBy("n").collect();
    expect(back).toEqual(rows);
  });

  test("text, in Spark's words and in ours", async () => {
    const base = await temporaryDirectory();
    const users = () => session.readStream.memory(new MemoryStream(columns).add(rows)).select("user");
    const ways = [
      users().writeStream.format("text").option("path", join(base, "0")).start(),
      users().writeStream.format("text").start(join(base, "1")),
      users().writeStream.text(join(base, "2")).start(),
      users()
        .writeStream.sink(textSink(join(base, "3")))
        .start(),
    ];
    for (const [i, way] of ways.entries()) {
      const query = await way;
      await query.processAllAvailable();
      await query.stop();
      expect(await contents(join(base, String(i)))).toEqual(["ann\nbob\nann\n"]);
    }
  });

  test("partitionBy lays files out by value, and leaves the column out of them", async () => {
    const out = await temporaryDirectory();
    const frame = session.readStream.memory(new MemoryStream(columns).add(rows));
    const query = await frame.writeStream.partitionBy("user").format("json").option("maxRowsPerFile", "1").start(out);
    await query.processAllAvailable();
    await query.stop();
    expect((await dataFiles(out)).map((name) => name.split("/")[0])).toEqual(["user=ann", "user=ann", "user=bob"]);
    expect(await contents(out)).toEqual(['{"n":1}\n', '{"n":3}\n', '{"n":2}\n']);
  });

  test("what cannot work is refused at start", async () => {
    const out = await temporaryDirectory();
    const frame = session.readStream.memory(new MemoryStream({ ...columns, at: timestamp() }).add([]));
    const writer = frame.writeStream;
    const refusals: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => frame.groupBy("user").count().writeStream.outputMode("update").json(out).start(), "SINK_MODE"],
      [() => writer.format("json").start(), "OPTION_MISSING"],
      [() => writer.start(out), "FORMAT_MISSING"],
      [() => writer.format("jsno").start(out), "FORMAT_UNKNOWN"],
      [() => writer.format("json").option("maxRows", 1).start(out), "OPTION_UNKNOWN"],
      [async () => writer.json(out, { maxRowsPerFile: 0 }), "OPTION_INVALID"],
      [async () => writer.json(""), "OPTION_INVALID"],
      [() => writer.console().partitionBy("user").start(), "SINK_PARTITIONS"],
      [() => writer.json(out).partitionBy("usr").start(), "PARTITION_COLUMN"],
      [() => writer.text(out).start(), "TEXT_ONE_COLUMN"],
    ];
    for (const [start, code] of refusals) await expect(start()).rejects.toMatchObject({ code });
    expect(await readdir(out)).toEqual([]);
  });

  test("a directory belongs to one query", async () => {
    const out = await temporaryDirectory();
    const frame = session.readStream.memory(new MemoryStream(columns).add(rows));
    await (await frame.writeStream.json(out).start()).stop();
    await expect(frame.writeStream.json(out).start()).rejects.toMatchObject({ code: "SINK_TARGET_TAKEN" });
    await (await frame.writeStream.json(out, { resetSink: true }).start()).stop();
  });

  test("with a checkpoint a later process goes on where the one before stopped", async () => {
    const base = await temporaryDirectory();
    for (const row of rows) {
      await session.createDataFrame([row], columns).write.mode("append").json(join(base, "in"));
      const arriving = new Session().readStream.schema(columns).json(join(base, "in"));
      const writer = arriving.writeStream.checkpoint(join(base, "checkpoint")).guarantee("exactly-once");
      const query = await writer.trigger({ availableNow: true }).json(join(base, "out")).start();
      await query.awaitTermination();
    }
    expect(await contents(join(base, "out"))).toEqual(rows.map((row) => `${JSON.stringify(row)}\n`));
  });

  test("late rows may go to files, too", async () => {
    const base = await temporaryDirectory();
    const sinks = [jsonSink, parquetSink, arrowSink];
    for (const [i, sink] of sinks.entries()) {
      const out = join(base, String(i));
      const stream = new MemoryStream({ at: timestamp() }).add([{ at: new Date("1970-01-01T01:00:00Z") }]);
      const counts = session.readStream.memory(stream).withWatermark("at", "1 minute").groupBy("at").count();
      const query = await counts.writeStream.outputMode("update").memory(`late-${i}`).lateRows(sink(out)).start();
      await query.processAllAvailable();
      stream.add([{ at: new Date("1970-01-01T00:00:00Z") }]);
      await query.processAllAvailable();
      await query.stop();
      expect((await dataFiles(out)).length).toBe(1);
    }
  });
});

test("foreachBatch is told which try it is, and what it took of each source", async () => {
  const seen: unknown[] = [];
  const query = await session.readStream
    .name("in")
    .memory(new MemoryStream(columns).add(rows))
    .writeStream.foreachBatch((_, batchId, context) => void seen.push([batchId, context]))
    .start();
  await query.processAllAvailable();
  await query.stop();
  const source = { name: "in", startOffset: { 0: 0 }, endOffset: { 0: 1 } };
  expect(seen).toEqual([[0, { attempt: 0, sources: [source] }]]);
});

describe("write", () => {
  const frame = session.createDataFrame(rows, columns);

  test.each(["json", "parquet", "arrow"] as const)("%s, and back", async (format) => {
    const out = join(await temporaryDirectory(), "a", "b");
    await frame.write[format](out);
    expect(await session.read.schema(columns)[format](out).collect()).toEqual(rows);
    expect(await readdir(out)).toEqual([expect.stringMatching(/^part-00000-.*/)]);
  });

  test("save, options and text", async () => {
    const base = await temporaryDirectory();
    await frame.select("user").write.option("maxRowsPerFile", 2).format("text").save(join(base, "lines"));
    expect(await contents(join(base, "lines"))).toEqual(["ann\nbob\n", "ann\n"]);
    await expect(frame.write.save(base)).rejects.toMatchObject({ code: "FORMAT_MISSING" });
    await expect(frame.write.format("parket").save(base)).rejects.toThrow(/FORMAT_UNKNOWN.*"parquet"/);
    await expect(frame.write.option("compression", "gzip").json(base)).rejects.toMatchObject({
      code: "OPTION_UNKNOWN",
    });
    expect(() => frame.write.mode("replace" as "append")).toThrow(/SAVE_MODE/);
  });

  test("a frame without rows leaves its columns", async () => {
    const out = await temporaryDirectory();
    await frame.filter(col("n").gt(10)).write.parquet(out);
    const back = await session.read.parquet(out);
    expect([back.columns, await back.count()]).toEqual([["user", "n"], 0]);
  });

  test("error is the default, ignore writes nothing, append adds", async () => {
    const out = await temporaryDirectory();
    await frame.write.json(out);
    await expect(frame.write.json(out)).rejects.toThrow(/SINK_TARGET_EXISTS.*mode\("overwrite"\)/);
    await frame.write.mode("ignore").json(out);
    expect((await dataFiles(out)).length).toBe(1);
    await frame.write.mode("append").json(out);
    expect((await dataFiles(out)).length).toBe(2);
  });

  test("overwrite replaces all that was there, in partitions too, and may read what it replaces", async () => {
    const out = await temporaryDirectory();
    await frame.write.partitionBy("user").json(out);
    await mkdir(join(out, "_staging-of-a-dead-write"));
    await writeFile(join(out, "_SUCCESS"), "");
    await frame.filter(col("user").eq("ann")).write.mode("overwrite").partitionBy("user").json(out);
    expect((await readdir(out)).sort()).toEqual(["_SUCCESS", "user=ann"]);
    expect(await contents(out)).toEqual(['{"n":1}\n{"n":3}\n']);
    await frame.write.mode("overwrite").json(out);
    const all = session.read.schema(columns).json(out);
    await all.filter(col("n").lt(3)).write.mode("overwrite").json(out);
    expect(await contents(out)).toEqual(['{"user":"ann","n":1}\n{"user":"bob","n":2}\n']);
  });

  test("a write that fails leaves everything as it was", async () => {
    const out = await temporaryDirectory();
    await frame.write.json(out);
    const before = await dataFiles(out);
    for (const method of ["create", "link", "syncDirectory"] as const) {
      for (let at = 1; at <= 2; at++) {
        let calls = 0;
        const files = {
          ...nodeFileSystem,
          [method]: async (...args: [string, string]) => {
            const isOurs = args[0].startsWith(out);
            if (isOurs && ++calls === at) throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
            return (nodeFileSystem[method] as (...given: string[]) => Promise<unknown>)(...args);
          },
        };
        const failing = new Session({ platform: { files } });
        const writer = failing.createDataFrame(rows, columns).write.mode("overwrite").partitionBy("user");
        await expect(writer.json(out)).rejects.toMatchObject({ code: "SINK_STORAGE", cause: { code: "EIO" } });
        expect(await dataFiles(out)).toEqual(before);
      }
    }
  });

  test("a directory that a stream writes to is not overwritten", async () => {
    const out = await temporaryDirectory();
    const stream = session.readStream.memory(new MemoryStream(columns).add(rows));
    await (await stream.writeStream.json(out).start()).stop();
    await expect(frame.write.mode("overwrite").json(out)).rejects.toMatchObject({ code: "SINK_TARGET_TAKEN" });
    await expect(frame.write.json(out)).rejects.toMatchObject({ code: "SINK_TARGET_EXISTS" });
  });

  test("streams are refused", async () => {
    const stream = session.readStream.memory(new MemoryStream(columns));
    await expect(stream.write.json("nowhere")).rejects.toMatchObject({ code: "STREAMING_FRAME" });
  });
});
