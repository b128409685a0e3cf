import { Readable } from "node:stream";
import * as arrow from "apache-arrow";
import { describe, expect, it } from "vitest";
import { iterableEntry } from "../../src/sources/iterable-source.js";
import { type Source, UNLIMITED } from "../../src/sources/source.js";
import { formatSchema } from "../../src/types/format-type.js";
import { int64, schemaOf } from "../../src/types/type-constructors.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

const schema = schemaOf({ id: int64() });
const never = new AbortController().signal;
const row = (id: number) => ({ id: BigInt(id) });
const rows = (count: number) => Array.from({ length: count }, (_, id) => row(id));

/** Triggers until the source has ended. */
async function drain(source: Source): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (let from = await source.initialOffset(); ; ) {
    const { offset, ended } = await source.latestOffset(from, UNLIMITED);
    all.push(...rowsOf(await collect(source.read(from, offset, never))));
    await source.commit(offset);
    if (ended) return all;
    from = offset;
    await source.changed(from, never);
  }
}

describe("iterables as sources", () => {
  it("take rows, arrays of rows, and Arrow, in order", async () => {
    const table = arrow.tableFromArrays({ id: BigInt64Array.of(4n, 5n) });
    const items = [row(0), [row(1), row(2)], row(3), table, arrow.tableToIPC(table)];
    expect(await drain(iterableEntry(items, { schema }).factory.open())).toEqual([0, 1, 2, 3, 4, 5, 4, 5].map(row));
  });

  it("take async generators and Node streams", async () => {
    async function* generate() {
      for (const item of rows(5)) {
        await null;
        yield item;
      }
    }
    expect(await drain(iterableEntry(generate(), { schema }).factory.open())).toEqual(rows(5));
    expect(await drain(iterableEntry(Readable.from(rows(3)), { schema }).factory.open())).toEqual(rows(3));
  });

  it("infer the schema of a synchronous iterable from its first item, without losing it", async () => {
    function* generate() {
      yield { a: 1, b: "x" };
      yield { a: 2, b: null };
    }
    const entry = iterableEntry(generate());
    expect(formatSchema(entry.description.schema)).toBe("a double, b string");
    expect(await drain(entry.factory.open())).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: null },
    ]);
  });

  it("take the schema of Arrow readers, synchronous or not", async () => {
    const ipc = arrow.tableToIPC(arrow.tableFromArrays({ id: BigInt64Array.of(1n, 2n) }));
    const later = await arrow.RecordBatchReader.from(Promise.resolve(ipc));
    for (const reader of [arrow.RecordBatchReader.from(ipc), await later.open()]) {
      const entry = iterableEntry(reader as Iterable<unknown>);
      expect(formatSchema(entry.description.schema)).toMatch(/^id bigint/);
      expect(await drain(entry.factory.open())).toEqual([row(1), row(2)]);
    }
  });

  it("need a schema where nothing can be looked at", () => {
    expect(() => iterableEntry((async function* () {})())).toThrow(/SCHEMA_REQUIRED/);
    expect(() => iterableEntry([])).toThrow(/SCHEMA_REQUIRED.*empty/);
    expect(() => iterableEntry([1])).toThrow(/ROWS_NOT_UNDERSTOOD/);
  });

  it("stop pulling at the backlog's limit until rows are committed", async () => {
    let pulled = 0;
    function* generate() {
      for (const item of rows(1000)) {
        pulled++;
        yield item;
      }
    }
    const source = iterableEntry(generate(), { schema, maxBacklogRows: 10 }).factory.open();
    const { offset } = await source.latestOffset(await source.initialOffset(), UNLIMITED);
    expect([pulled, offset]).toEqual([10, 10]);
    await source.commit(offset);
    await new Promise(setImmediate);
    expect(pulled).toBe(20);
    await source.close();
  });

  it("run once where they cannot be iterated again", async () => {
    const entry = iterableEntry(
      (function* () {
        yield row(1);
      })(),
      { schema },
    );
    await drain(entry.factory.open());
    expect(() => entry.factory.open()).toThrow(/SOURCE_ONE_SHOT/);
    const reusable = iterableEntry(rows(2));
    expect(await drain(reusable.factory.open())).toEqual(rows(2));
    expect(await drain(reusable.factory.open())).toEqual(rows(2));
  });

  it("cannot be read twice", async () => {
    const source = iterableEntry(rows(3), { schema }).factory.open();
    const { offset } = await source.latestOffset(await source.initialOffset(), UNLIMITED);
    await source.commit(offset);
    await expect(collect(source.read(0, offset, never))).rejects.toThrow(/SOURCE_NOT_REPLAYABLE/);
  });

  it("pass on the iterable's own error, after waking who waits", async () => {
    async function* generate() {
      yield row(1);
      throw new Error("upstream broke");
    }
    const source = iterableEntry(generate(), { schema }).factory.open();
    await expect(drain(source)).rejects.toThrow(/SOURCE_FAILED.*upstream broke/);
  });

  it("tell a generator that it is no longer needed", async () => {
    let released = false;
    function* generate() {
      try {
        for (;;) yield row(1);
      } finally {
        released = true;
      }
    }
    const source = iterableEntry(generate(), { schema, maxBacklogRows: 5 }).factory.open();
    await source.initialOffset();
    await source.close();
    expect(released).toBe(true);
  });
});
