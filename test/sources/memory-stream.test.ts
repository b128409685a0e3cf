import * as arrow from "apache-arrow";
import { describe, expect, it } from "vitest";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { type ReadLimit, type Source, UNLIMITED } from "../../src/sources/source.js";
import { int64, required, schemaOf, utf8 } from "../../src/types/type-constructors.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

const schema = schemaOf({ id: int64(), name: utf8() });
const never = new AbortController().signal;
const row = (id: number) => ({ id: BigInt(id), name: `n${id}` });

const open = (stream: MemoryStream): Source => stream.entry().factory.open();
const limit = (maxRows: number): ReadLimit => ({ ...UNLIMITED, maxRows });

async function readAll(source: Source, limits: ReadLimit = UNLIMITED) {
  const from = await source.initialOffset();
  const { offset, behind, ended } = await source.latestOffset(from, limits);
  const chunks = await collect(source.read(from, offset, never));
  return {
    rows: rowsOf(chunks),
    weights: chunks.flatMap((chunk) => [...(chunk.weights ?? [])]),
    offset,
    behind,
    ended,
  };
}

describe("the memory stream", () => {
  it("delivers every unit whole, in the order it was added, to every reader from the beginning", async () => {
    const stream = new MemoryStream(schema).add([row(1), row(2)]).add([row(3)]);
    for (const source of [open(stream), open(stream)]) {
      expect(await readAll(source, limit(2))).toMatchObject({
        rows: [row(1), row(2)],
        offset: { "0": 1 },
        behind: ["0"],
      });
      expect((await readAll(source)).rows).toEqual([row(1), row(2), row(3)]);
    }
  });

  it("takes units over partitions in the order they were added and reads partition by partition", async () => {
    const stream = new MemoryStream(schema, { partitions: ["a", "b"] });
    stream
      .add([row(1)], { partition: "b" })
      .add([row(2)], { partition: "a" })
      .add([row(3)], { partition: "b" });
    const first = await readAll(open(stream), limit(2));
    expect(first).toMatchObject({ rows: [row(2), row(1)], offset: { a: 1, b: 1 }, behind: ["a", "b"] });
    expect(() => stream.add([row(1)], { partition: "c" })).toThrow(/PARTITION_UNKNOWN/);
  });

  it("names as behind only partitions that have something left or delivered something", async () => {
    const stream = new MemoryStream(schema, { partitions: ["a", "b"] }).add([row(1)]);
    const source = open(stream);
    const { offset, behind } = await source.latestOffset(await source.initialOffset(), UNLIMITED);
    expect(behind).toEqual(["a"]);
    expect((await source.latestOffset(offset, UNLIMITED)).behind).toEqual([]);
  });

  it("takes Arrow tables and IPC bytes, columns by name", async () => {
    const table = arrow.tableFromArrays({ name: ["x", "y"], id: BigInt64Array.of(7n, 8n) });
    const stream = new MemoryStream(schema).add(table).add(arrow.tableToIPC(table));
    const expected = [
      { id: 7n, name: "x" },
      { id: 8n, name: "y" },
    ];
    expect((await readAll(open(stream))).rows).toEqual([...expected, ...expected]);
  });

  it("refuses what is not of its schema", () => {
    const stream = new MemoryStream(schemaOf({ id: required(int64()) }));
    const table = (columns: Record<string, unknown[] | BigInt64Array>) =>
      arrow.tableFromArrays(columns as Record<string, unknown[]>);
    expect(() => stream.add(table({ id: [1.5] }))).toThrow(
      /SCHEMA_MISMATCH.*'id' is bigint in memory stream and double/,
    );
    expect(() => stream.add(table({ id: [null, 1n] }))).toThrow(/SCHEMA_MISMATCH.*may not be NULL/);
    expect(() => stream.add(table({ di: BigInt64Array.of(1n) }))).toThrow(/SCHEMA_MISMATCH.*no column 'di'/);
    expect(() => stream.add({ id: 1 })).toThrow(/ROWS_NOT_UNDERSTOOD/);
  });

  it("carries weights only where it was made for them, one per row and never 0", async () => {
    const stream = new MemoryStream(schema, { weights: true });
    stream.add([row(1), row(2)], { weights: [2, -1] });
    expect((await readAll(open(stream))).weights).toEqual([2, -1]);
    expect(stream.entry().description.insertOnly).toBe(false);
    expect(() => stream.add([row(1)], { weights: [0] })).toThrow(/WEIGHT_ZERO/);
    expect(() => stream.add([row(1)], { weights: [1, 1] })).toThrow(/WEIGHTS_LENGTH/);
    expect(() => new MemoryStream(schema).add([row(1)], { weights: [1] })).toThrow(/WEIGHTS_NOT_DECLARED/);
  });

  it("ends for ever when it is closed, after its last unit", async () => {
    const stream = new MemoryStream(schema).add([row(1)]).add([row(2)]);
    const source = open(stream);
    const waiting = source.changed({ "0": 2 }, never);
    stream.close();
    await waiting;
    expect((await readAll(source, limit(1))).ended).toBe(false);
    expect((await readAll(source)).ended).toBe(true);
    expect(() => stream.add([row(3)])).toThrow(/STREAM_CLOSED/);
  });

  it("wakes its readers when something is added", async () => {
    const stream = new MemoryStream(schema);
    const source = open(stream);
    const waiting = source.changed(await source.initialOffset(), never);
    stream.add([]);
    stream.add([row(1)]);
    await waiting;
    expect((await readAll(source)).rows).toEqual([row(1)]);
  });

  it("goes on in a later process only over the units that the offset counted", async () => {
    const fill = (count: number) => {
      const stream = new MemoryStream(schema, { partitions: ["a", "b"] });
      for (let id = 0; id < count; id++) stream.add([row(id)], { partition: id % 2 === 0 ? "a" : "b" });
      return open(stream);
    };
    const { offset } = await fill(4).latestOffset({ a: 0, b: 0 }, UNLIMITED);
    expect(rowsOf(await collect(fill(5).read({ a: 1, b: 1 }, offset, never)))).toEqual([row(2), row(3)]);
    expect((await fill(5).latestOffset(offset, UNLIMITED)).offset).toEqual({ a: 3, b: 2 });
    await expect(fill(3).latestOffset(offset, UNLIMITED)).rejects.toThrow(/OFFSET_INVALID.*'b' has 1 units, and 2/);
    await expect(collect(fill(3).read({ a: 0, b: 0 }, offset, never))).rejects.toThrow(/OFFSET_INVALID.*same units/);
    const other = open(new MemoryStream(schema, { partitions: ["a"] }));
    await expect(other.latestOffset({ a: 0, c: 1 }, UNLIMITED)).rejects.toThrow(/OFFSET_INVALID.*no partition 'c'/);
    for (const wrong of [null, 3, { a: -1 }, { a: 0.5 }, { a: "1" }])
      await expect(other.latestOffset(wrong, UNLIMITED)).rejects.toThrow(/OFFSET_INVALID/);
  });

  it("cuts large units into chunks", async () => {
    const stream = new MemoryStream(schemaOf({ id: int64() }), { weights: true });
    const rows = Array.from({ length: 40_000 }, (_, id) => ({ id: BigInt(id) }));
    stream.add(rows, { weights: rows.map((_, i) => i + 1) });
    const source = open(stream);
    const { offset } = await source.latestOffset(await source.initialOffset(), UNLIMITED);
    const chunks = await collect(source.read(await source.initialOffset(), offset, never));
    expect(chunks.map((chunk) => chunk.length)).toEqual([16384, 16384, 40_000 - 32_768]);
    expect(chunks[1]?.weights?.[0]).toBe(16385);
  });
});
