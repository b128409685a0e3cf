import { describe, expect, expectTypeOf, test } from "vitest";
import type { ColumnsIn } from "../../src/dataframe/data-frame.js";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import type { Int64Type, Utf8Type } from "../../src/types/data-type.js";
import { int64, utf8 } from "../../src/types/type-constructors.js";
import { TestMachine } from "../fakes/test-machine.js";

const columns = { user: utf8(), n: int64() };

/** A query of two operators that has done three batches, and still runs. */
async function running() {
  const machine = new TestMachine();
  const stream = new MemoryStream(columns);
  const query = await machine.session.readStream
    .memory(stream)
    .dropDuplicates("user", "n")
    .groupBy("user")
    .agg({ rows: count(), total: sum("n") })
    .name("totals")
    .writeStream.outputMode("update")
    .checkpoint("state/totals")
    .foreachBatch(() => {})
    .start();
  const add = async (...rows: { user: string; n: number }[]) => {
    stream.add(rows);
    await query.processAllAvailable();
  };
  await add({ user: "ann", n: 1 }, { user: "bob", n: 2 });
  await add({ user: "ann", n: 1 }, { user: "ann", n: 5 });
  await add({ user: "cy", n: 7 });
  return { machine, query, session: machine.session };
}

describe("the state of a query", () => {
  test("is a frame, while the query runs and after", async () => {
    const { session, query } = await running();
    const frame = await session.read.state("state/totals", { operator: "totals" });
    expect(frame.isStreaming).toBe(false);
    expect(frame.columns).not.toContain("_slot");
    const rows = await frame.orderBy("user").select("user", "_rows").collect();
    expect(rows).toEqual([
      { user: "ann", _rows: 2 },
      { user: "bob", _rows: 1 },
      { user: "cy", _rows: 1 },
    ]);
    await query.stop();
    expect(await (await session.read.state("state/totals", { operator: "totals" })).count()).toBe(3);
  });

  test("can be read as of a batch, and with slots", async () => {
    const { session, query } = await running();
    const first = await session.read.state("state/totals", { operator: "totals", batchId: 0, slots: true });
    expect(first.columns[0]).toBe("_slot");
    expect(await first.orderBy("_slot").select("_slot", "user").collect()).toEqual([
      { _slot: 0, user: "ann" },
      { _slot: 1, user: "bob" },
    ]);
    await query.stop();
  });

  test("of an operator without a name goes by its number", async () => {
    const { session, query } = await running();
    expect(await (await session.read.state("state/totals", { operator: 0 })).count()).toBe(4);
    await query.stop();
  });

  test("must be named where there is more than one", async () => {
    const { session, query } = await running();
    await expect(session.read.state("state/totals")).rejects.toThrow(
      /STATE_AMBIGUOUS.*operator "0" \(dropDuplicates\(user, n\)#0\), table "keys"; operator "totals"/,
    );
    await expect(session.read.state("state/totals", { operator: "other" })).rejects.toThrow(
      /STATE_NOT_FOUND.*"totals"/,
    );
    await query.stop();
  });

  test("is listed by stateMetadata", async () => {
    const { session, query } = await running();
    const metadata = await session.read.stateMetadata("state/totals");
    expectTypeOf<ColumnsIn<typeof metadata>["operator"]>().toEqualTypeOf<Utf8Type>();
    expectTypeOf<ColumnsIn<typeof metadata>["rows"]>().toEqualTypeOf<Int64Type>();
    const rows = await metadata.orderBy("operator").collect();
    expect(rows.map(({ operator, title, rows: count }) => [operator, title, count])).toEqual([
      ["0", "dropDuplicates(user, n)#0", 4],
      ["totals", "aggregate(user)#1", 3],
    ]);
    await query.stop();
  });
});

describe("what cannot be read", () => {
  test("names the directory or the batches that are there", async () => {
    const { session, query } = await running();
    await expect(session.read.state("nowhere")).rejects.toThrow(/CHECKPOINT_BATCH_MISSING.*nowhere/);
    await expect(session.read.state("state/totals", { batchId: 9 })).rejects.toThrow(/batch 9.*batches 0 to 2/);
    await query.stop();
  });

  test("damage is found, not read over", async () => {
    const { session, query, machine } = await running();
    await query.stop();
    const [file] = await machine.files.names("state/totals/state");
    const path = machine.files.join("state/totals/state", file);
    const bytes = Uint8Array.from(await machine.files.read(path));
    bytes[bytes.length - 20] ^= 1;
    await machine.files.write(path, bytes);
    await expect(session.read.stateMetadata("state/totals")).rejects.toThrow(/CHECKPOINT_CORRUPT.*checksum/);
  });

  test("an unknown option is refused", async () => {
    const { session } = new TestMachine();
    await expect(session.read.state("x", { batch: 1 } as object)).rejects.toThrow(/OPTION_UNKNOWN.*'batchId'/);
  });
});
