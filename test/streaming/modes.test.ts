import { describe, expect, test } from "vitest";
import { memorySink } from "../../src/dataframe/built-in-sinks.js";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { explode } from "../../src/expressions/functions/nested.js";
import { split } from "../../src/expressions/functions/text.js";
import { window } from "../../src/expressions/functions/window.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { rowsOf } from "../fakes/rows-of.js";
import { at, TestMachine, until } from "../fakes/test-machine.js";

describe("word count over a socket", () => {
  async function wordCount(machine: TestMachine) {
    const lines = machine.session.readStream.socket({ host: "localhost", port: 9999 });
    const words = lines.select(explode(split(col("value"), " ")).as("word"));
    return words.groupBy("word").agg({ n: count() });
  }

  test("complete: the whole result, every time", async () => {
    const machine = new TestMachine();
    const counts = await wordCount(machine);
    const query = await counts.orderBy("word").writeStream.outputMode("complete").console().start();
    const { peer } = machine.network;
    peer.send("to be or\n");
    await until(() => query.recentProgress.length === 1);
    peer.send("not to\n");
    await until(() => query.recentProgress.length === 2);
    await query.stop();
    expect(machine.terminal.text).toBe(
      [
        "-------------------------------------------\nBatch: 0\n-------------------------------------------\n",
        "+----+---+\n|word|  n|\n+----+---+\n|  be|  1|\n|  or|  1|\n|  to|  1|\n+----+---+\n\n",
        "-------------------------------------------\nBatch: 1\n-------------------------------------------\n",
        "+----+---+\n|word|  n|\n+----+---+\n|  be|  1|\n| not|  1|\n|  or|  1|\n|  to|  2|\n+----+---+\n\n",
      ].join(""),
    );
    expect(peer.isClosed).toBe(true);
  });

  test("update: what changed, without the rest", async () => {
    const machine = new TestMachine();
    const batches: unknown[] = [];
    const query = await (await wordCount(machine)).writeStream
      .outputMode("update")
      .foreachBatch(async (batch) => void batches.push(await batch.orderBy("word").collect()))
      .start();
    machine.network.peer.send("to be\n");
    await until(() => batches.length === 1);
    machine.network.peer.send("to do\n");
    machine.network.peer.end();
    await query.awaitTermination();
    expect(batches.slice(0, 2)).toEqual([
      [
        { word: "be", n: 1 },
        { word: "to", n: 1 },
      ],
      [
        { word: "do", n: 1 },
        { word: "to", n: 2 },
      ],
    ]);
  });

  test("append: refused, for no count is ever final", async () => {
    const counts = await wordCount(new TestMachine());
    await expect(counts.writeStream.console().start()).rejects.toMatchObject({
      code: expect.any(String),
      hint: expect.any(String),
    });
  });

  test("append of what only adds rows", async () => {
    const machine = new TestMachine();
    const lines = machine.session.readStream.format("socket").option("host", "localhost").option("port", "9999").load();
    const query = await lines.writeStream.format("memory").queryName("lines").start();
    machine.network.peer.send("a\nb");
    machine.network.peer.end();
    await query.awaitTermination();
    expect(await machine.session.table("lines").collect()).toEqual([{ value: "a" }, { value: "b" }]);
  });
});

describe("windows with a watermark", () => {
  const columns = { at: timestamp(), user: utf8(), amount: int64() };

  function totals(machine: TestMachine, stream: MemoryStream<typeof columns>) {
    return machine.session.readStream
      .memory(stream)
      .withWatermark("at", "10 minutes")
      .groupBy(window("at", "5 minutes"), "user")
      .agg({ total: sum("amount") });
  }

  const row = (time: string, user: string, amount: number) => ({ at: at(time), user, amount });
  const window12 = (from: string, to: string) => ({ start: at(from), end: at(to) });

  test("append: a window goes out once, in the trigger that closes it", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream(columns);
    const query = await totals(machine, stream).writeStream.memory("t").start();
    const table = () => machine.session.table("t").collect();
    stream.add([row("12:01", "ann", 1), row("12:02", "ann", 2), row("12:03", "bob", 4)]);
    await query.processAllAvailable();
    stream.add([row("12:14", "ann", 8)]);
    await query.processAllAvailable();
    expect(await table()).toEqual([]);
    stream.add([row("12:15", "ann", 16)]);
    await query.processAllAvailable();
    expect(await table()).toEqual([
      { window: window12("12:00", "12:05"), user: "ann", total: 3 },
      { window: window12("12:00", "12:05"), user: "bob", total: 4 },
    ]);
    expect(query.lastProgress?.sink.numOutputRows).toBe(2);
    stream.close();
    await query.awaitTermination();
    expect((await table()).slice(2)).toEqual([
      { window: window12("12:10", "12:15"), user: "ann", total: 8 },
      { window: window12("12:15", "12:20"), user: "ann", total: 16 },
    ]);
  });

  test.each(["append", "update", "complete", "changelog"] as const)(
    "%s drops the same late rows, counts and keeps them",
    async (mode) => {
      const machine = new TestMachine();
      const stream = new MemoryStream(columns);
      const query = await totals(machine, stream)
        .writeStream.outputMode(mode)
        .memory("t")
        .lateRows(memorySink("late"))
        .start();
      stream.add([row("12:20", "ann", 1)]);
      await query.processAllAvailable();
      expect(query.lastProgress?.numLateRows).toBe(0);
      // The watermark is 12:10: the window that ends then is over; the one that ends at 12:15 is not.
      stream.add([row("12:09", "ann", 2), row("12:04", "bob", 4), row("12:10", "ann", 8)]);
      await query.processAllAvailable();
      expect(query.lastProgress?.numLateRows).toBe(2);
      const [late, ...others] = query.lateRows();
      expect(others).toEqual([]);
      expect(late).toMatchObject({ operator: "aggregate(window, user)#0", total: 2 });
      const kept = rowsOf(late.chunks);
      // The bound of the window's end is the end of the first open window, 12:15.
      expect(kept.map((each) => [each["user"], each["amount"], each["_operator"], each["_lateness"]])).toEqual([
        ["ann", 2n, "aggregate(window, user)#0", 300_000_000n],
        ["bob", 4n, "aggregate(window, user)#0", 600_000_000n],
      ]);
      expect(query.lateRows("aggregate(window, user)#0")).toHaveLength(1);
      expect(query.lateRows("nobody")).toEqual([]);
      expect(await machine.session.table("late").select("user", "_lateness").collect()).toEqual([
        { user: "ann", _lateness: 300_000_000 },
        { user: "bob", _lateness: 600_000_000 },
      ]);
      stream.close();
      await query.awaitTermination();
      const result = await machine.session.table("t").collect();
      expect(result.map((each) => each["total"]).sort()).toEqual([1, 8]);
    },
  );

  test("a row exactly as late as allowed is not late", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream(columns).add([row("12:20", "ann", 1)]);
    const query = await totals(machine, stream).writeStream.memory("t").start();
    await query.processAllAvailable();
    stream.add([row("12:10", "bob", 1)]).close();
    await query.awaitTermination();
    expect(query.recentProgress.map(({ numLateRows }) => numLateRows)).toEqual([0, 0]);
  });

  test("changelog: memory keeps the sum of the changes", async () => {
    const machine = new TestMachine();
    const stream = new MemoryStream(columns).add([row("12:01", "ann", 1)]);
    const deltas = await totals(machine, stream).select("user", "total").writeStream.outputMode("changelog").deltas();
    const seen: unknown[] = [];
    for await (const delta of deltas) {
      seen.push(...delta.rows());
      if (delta.batchId === 0) stream.add([row("12:02", "ann", 2)]).close();
    }
    expect(seen).toEqual([
      { user: "ann", total: 1, _weight: 1 },
      { user: "ann", total: 1, _weight: -1 },
      { user: "ann", total: 3, _weight: 1 },
    ]);
  });
});
