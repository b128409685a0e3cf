import { describe, expect, expectTypeOf, test } from "vitest";
import type { BatchFrame } from "../../src/dataframe/batch-frame.js";
import type { ColumnsIn } from "../../src/dataframe/data-frame.js";
import type { Delta } from "../../src/dataframe/delta-stream.js";
import { sum } from "../../src/expressions/functions/aggregates.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { int64, utf8 } from "../../src/types/type-constructors.js";
import { settle, TestMachine, until } from "../fakes/test-machine.js";

const columns = { user: utf8(), n: int64() };
const events = () => new MemoryStream(columns);

describe("foreachBatch", () => {
  test("gets a bounded frame on which every verb works", async () => {
    const machine = new TestMachine();
    const stream = events().add([
      { user: "ann", n: 1 },
      { user: "ann", n: 2 },
      { user: "bob", n: 4 },
    ]);
    const seen: unknown[] = [];
    const query = await machine.session.readStream
      .memory(stream)
      .writeStream.foreachBatch(async (batch, id) => {
        expectTypeOf<keyof ColumnsIn<typeof batch>>().toEqualTypeOf<"user" | "n">();
        expect(batch.isStreaming).toBe(false);
        const totals = batch
          .groupBy("user")
          .agg({ total: sum("n") })
          .orderBy("user");
        seen.push([
          id,
          await batch.count(),
          await totals.collect(),
          batch.recordBatches().map(({ numRows }) => numRows),
        ]);
      })
      .start();
    await query.processAllAvailable();
    await query.stop();
    expect(seen).toEqual([
      [
        0,
        3,
        [
          { user: "ann", total: 3 },
          { user: "bob", total: 4 },
        ],
        [3],
      ],
    ]);
  });

  test("the frame is of no use after the call", async () => {
    const machine = new TestMachine();
    let kept: BatchFrame<unknown> | null = null;
    const query = await machine.session.readStream
      .memory(events().add([{ user: "ann", n: 1 }]))
      .writeStream.foreachBatch((batch) => {
        kept = batch as BatchFrame<unknown>;
      })
      .start();
    await query.processAllAvailable();
    await query.stop();
    const frame = kept as unknown as BatchFrame<unknown>;
    await expect(frame.collect()).rejects.toMatchObject({ code: "BATCH_RELEASED" });
    await expect(frame.count()).rejects.toMatchObject({ code: "BATCH_RELEASED" });
    expect(() => frame.recordBatches()).toThrow(/BATCH_RELEASED/);
  });

  test("may start a query over its rows and wait for it", async () => {
    const machine = new TestMachine();
    const query = await machine.session.readStream
      .memory(events().add([{ user: "ann", n: 1 }]))
      .writeStream.foreachBatch(async (batch) => {
        await (await batch.writeStream.memory("inner").start()).awaitTermination();
      })
      .start();
    await query.processAllAvailable();
    await query.stop();
    expect(await machine.session.table("inner").collect()).toEqual([{ user: "ann", n: 1 }]);
  });
});

test("foreach gets row after row, between open and close", async () => {
  const machine = new TestMachine();
  const calls: unknown[] = [];
  const query = await machine.session.readStream
    .memory(
      events().add([
        { user: "ann", n: 1 },
        { user: "bob", n: 2 },
      ]),
    )
    .writeStream.foreach({
      open: (partition, batch) => {
        calls.push(["open", partition, batch]);
        return true;
      },
      process: (row) => void calls.push(row),
      close: (error) => void calls.push(["close", error]),
    })
    .start();
  await query.processAllAvailable();
  await query.stop();
  expect(calls).toEqual([["open", 0, 0], { user: "ann", n: 1 }, { user: "bob", n: 2 }, ["close", null]]);
});

describe("deltas", () => {
  test("come trigger by trigger; the query waits for its reader", async () => {
    const machine = new TestMachine();
    const stream = events().add([{ user: "ann", n: 1 }]);
    const deltas = await machine.session.readStream.memory(stream).writeStream.deltas();
    const iterator = deltas[Symbol.asyncIterator]();
    const first = (await iterator.next()).value as Delta;
    expect([first.batchId, first.rows(), first.recordBatches()[0].numRows]).toEqual([0, [{ user: "ann", n: 1 }], 1]);
    for (const n of [2, 3, 4]) {
      stream.add([{ user: "ann", n }]);
      await settle();
    }
    // Nobody has asked since: the second trigger is still being delivered, the rest waits in the source.
    expect(deltas.query.status.isTriggerActive).toBe(true);
    const second = (await iterator.next()).value as Delta;
    expect(second.rows().map((row) => row["n"])).toEqual([2]);
    const third = (await iterator.next()).value as Delta;
    expect(third.rows({ int64: "bigint" }).map((row) => row["n"])).toEqual([3n, 4n]);
    await iterator.return();
    expect(deltas.query.isActive).toBe(false);
  });

  test("leaving the loop stops the query", async () => {
    const machine = new TestMachine();
    const deltas = await machine.session.readStream.memory(events().add([{ user: "ann", n: 1 }])).writeStream.deltas();
    for await (const delta of deltas) {
      expect(delta.batchId).toBe(0);
      break;
    }
    expect([deltas.query.isActive, deltas.query.exception]).toEqual([false, null]);
  });

  test("end with the sources", async () => {
    const machine = new TestMachine();
    const stream = events().add([{ user: "ann", n: 1 }]);
    const deltas = await machine.session.readStream.memory(stream).writeStream.deltas();
    stream.close();
    const rows: unknown[] = [];
    for await (const delta of deltas) rows.push(...delta.rows());
    expect(rows).toEqual([{ user: "ann", n: 1 }]);
  });

  test("end with the failure of the query", async () => {
    const machine = new TestMachine();
    const deltas = await machine.session.readStream.socket({ host: "h", port: 1 }).writeStream.deltas();
    machine.network.peer.send("a\n");
    const seen: unknown[] = [];
    const loop = async (): Promise<void> => {
      for await (const delta of deltas) {
        seen.push(...delta.rows());
        machine.network.peer.fail(new Error("reset"));
      }
    };
    await expect(loop()).rejects.toMatchObject({ code: "SOURCE_FAILED" });
    expect(seen).toEqual([{ value: "a" }]);
  });

  test("carry deletes where the plan can delete", async () => {
    const machine = new TestMachine();
    const stream = events().add([{ user: "ann", n: 1 }]);
    const totals = machine.session.readStream
      .memory(stream)
      .groupBy("user")
      .agg({ total: sum("n") });
    const histogram = totals.groupBy("total").count();
    const deltas = await histogram.writeStream.outputMode("update").deltas();
    const iterator = deltas[Symbol.asyncIterator]();
    const next = async () => ((await iterator.next()).value as Delta).rows();
    expect(await next()).toEqual([{ total: 1, count: 1, _op: "upsert" }]);
    stream.add([{ user: "ann", n: 1 }]);
    expect(await next()).toEqual(
      expect.arrayContaining([
        { total: 1, count: null, _op: "delete" },
        { total: 2, count: 1, _op: "upsert" },
      ]),
    );
    await iterator.return();
  });
});

test("writers are immutable", async () => {
  const machine = new TestMachine();
  const base = machine.session.readStream.memory(events().add([{ user: "ann", n: 1 }])).writeStream;
  const [a, b] = [base.memory("a"), base.memory("b")];
  for (const writer of [a, b]) {
    const query = await writer.start();
    await until(() => query.recentProgress.length === 1);
    await query.stop();
  }
  expect(await machine.session.table("a").count()).toBe(1);
  expect(await machine.session.table("b").count()).toBe(1);
  await expect(base.start()).rejects.toMatchObject({ code: "SINK_MISSING" });
  await expect(a.deltas()).rejects.toMatchObject({ code: "SINK_TWICE" });
});
