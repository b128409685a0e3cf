import { RecordBatchReader } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { chunkOf } from "../../src/columnar/chunk-of.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { PieceBuffers } from "../../src/columnar/gather-pieces.js";
import { joinBytes } from "../../src/columnar/join-bytes.js";
import { nullColumn } from "../../src/columnar/null-column.js";
import { toObjects } from "../../src/columnar/to-objects.js";
import { crc32 } from "../../src/common/crc32.js";
import { decodeStateFile, encodeStateFile, type StateTable } from "../../src/formats/state-file.js";
import { bool, field, float64, int32, list, schema, timestamp, utf8 } from "../../src/types/type-constructors.js";

const groups = schema([
  field("_slot", int32(), false),
  field("_removed", bool(), false),
  field("user", utf8()),
  field("at", timestamp()),
  field("tags", list(utf8())),
  field("total", float64()),
]);

function table(change: Partial<StateTable> = {}, rows: readonly object[] = []): StateTable {
  const { columns, length } = chunkFromObjects(groups, rows as Record<string, unknown>[]);
  return {
    operator: "0",
    title: "aggregate(user)#0",
    table: "groups",
    kind: "delta",
    batch: 7,
    rows: { schema: groups, columns, length, values: {} },
    ...change,
  };
}

const ROWS = [
  { _slot: 0, _removed: false, user: "ann", at: new Date(5), tags: ["a", "b"], total: 1.5 },
  { _slot: 2, _removed: false, user: "bob", at: null, tags: null, total: Number.NaN },
  { _slot: 1, _removed: true, user: null, at: null, tags: null, total: null },
];

function fileOf(tables: readonly StateTable[]): Uint8Array {
  return joinBytes(encodeStateFile(tables));
}

function objectsOf({ rows }: StateTable): object[] {
  return toObjects(chunkOf(rows.schema, [...rows.columns], rows.length));
}

describe("state files", () => {
  test("give back every table with its rows, in order", () => {
    const first = table({ kind: "snapshot" }, ROWS);
    const second = table({ operator: "totals", table: "values-1", batch: 8 }, ROWS.slice(1));
    const decoded = decodeStateFile(fileOf([first, second]));
    expect(decoded.map(({ rows: _rows, ...facts }) => facts)).toEqual(
      [first, second].map(({ rows: _rows, ...facts }) => facts),
    );
    expect(decoded.map(({ rows }) => rows.schema)).toEqual([groups, groups]);
    expect(decoded.map(objectsOf)).toEqual([ROWS, ROWS.slice(1)]);
  });

  test("keep the small facts beside the rows", () => {
    const values = { freeDepth: "0", nextSlot: "3", "": "empty", schema: "name" };
    const { rows } = table({}, ROWS);
    const [decoded] = decodeStateFile(fileOf([table({ rows: { ...rows, values } })]));
    expect(decoded.rows.values).toEqual(values);
  });

  test("keep tables without rows, and files without tables", () => {
    const decoded = decodeStateFile(fileOf([table(), table({ table: "other" }), table({}, ROWS)]));
    expect(decoded.map(({ rows }) => rows.length)).toEqual([0, 0, 3]);
    expect(decodeStateFile(fileOf([]))).toEqual([]);
  });

  test("keep a key that is always NULL", () => {
    const nulls = schema([field("_slot", int32(), false), field("nothing", { kind: "null" })]);
    const slots = chunkFromObjects(schema([field("_slot", int32(), false)]), [{ _slot: 4 }]).columns;
    const rows = { schema: nulls, columns: [...slots, nullColumn({ kind: "null" }, 1)], length: 1, values: {} };
    const [decoded] = decodeStateFile(fileOf([table({ rows })]));
    expect(decoded.rows.schema).toEqual(nulls);
    expect(objectsOf(decoded)).toEqual([{ _slot: 4, nothing: null }]);
  });

  test("keep the types of columns that are NULL throughout, and no room for them", () => {
    const length = 10_000;
    const slots = new Int32Array(length);
    const first = { layout: "int32", type: int32(), length, nullCount: 0, validity: null, values: slots } as const;
    const types = [float64(), timestamp("Europe/Berlin"), timestamp(null), utf8(), bool(), list(float64(), false)];
    const mixed = schema([field("_slot", int32(), false), ...types.map((type, i) => field(`nothing ${i}`, type))]);
    const nulls = types.map((type) => nullColumn(type, length));
    const rows = { schema: mixed, columns: [first, ...nulls], length, values: {} };
    const [decoded] = decodeStateFile(fileOf([table({ rows })]));
    expect(decoded.rows.schema).toEqual(mixed);
    expect(decoded.rows.columns.map(({ nullCount }) => nullCount)).toEqual([0, ...types.map(() => length)]);
    const plain = { ...rows, schema: schema(mixed.fields.slice(0, 6)), columns: rows.columns.slice(0, 6) };
    expect(fileOf([table({ rows: plain })]).length).toBeLessThan(4 * length + 3000);
  });

  test("come in pieces, of which large ones are the columns' own memory", () => {
    const values = new Float64Array(40_000).fill(1.5);
    const column = {
      layout: "float64",
      type: float64(),
      length: 40_000,
      nullCount: 0,
      validity: null,
      values,
    } as const;
    const rows = { schema: schema([field("total", float64())]), columns: [column], length: 40_000, values: {} };
    const pieces = [...encodeStateFile([table({ rows }), table({}, ROWS)])];
    expect(pieces.map(({ buffer }) => buffer === values.buffer)).toEqual([false, true, false]);
    expect(decodeStateFile(joinBytes(pieces)).map((decoded) => decoded.rows.length)).toEqual([40_000, 3]);
  });

  test("keep rows that come in parts, and no room for what is NULL throughout in one of them", () => {
    const { rows } = table({}, ROWS);
    const nulls = groups.fields.slice(2).map(({ type }) => nullColumn(type, 5000));
    const freed = chunkFromObjects(
      schema(groups.fields.slice(0, 2)),
      Array.from({ length: 5000 }, (_, i) => ({ _slot: 10 + i, _removed: true })),
    );
    const parts = [rows, { columns: [...freed.columns, ...nulls], length: 5000 }];
    const bytes = fileOf([table({ rows: { ...rows, length: 5003, parts } }), table({}, ROWS)]);
    const [first, second, ...others] = decodeStateFile(bytes);
    expect(first.rows.length).toBe(5003);
    expect(objectsOf(first).slice(0, 4)).toEqual([
      ...ROWS,
      { _slot: 10, _removed: true, user: null, at: null, tags: null, total: null },
    ]);
    expect(objectsOf(second)).toEqual(ROWS);
    expect(others).toEqual([]);
    const lists = 5000 * 4 + 5000 / 8;
    expect(bytes.length).toBeLessThan(5000 * 4 + 5000 / 8 + lists + 8000);
  });

  test("are the same through buffers that are used again", () => {
    const values = new Float64Array(30_000).map((_, i) => i);
    const column = {
      layout: "float64",
      type: float64(),
      length: 30_000,
      nullCount: 0,
      validity: null,
      values,
    } as const;
    const fields = Array.from({ length: 20 }, (_, i) => field(`total${i}`, float64()));
    const rows = { schema: schema(fields), columns: fields.map(() => column), length: 30_000, values: {} };
    const buffers = new PieceBuffers();
    for (const tables of [[table({ rows })], [table({}, ROWS), table({ rows })]]) {
      const written: Uint8Array[] = [];
      let before: Uint8Array | null = null;
      // As a writer does: a piece is done with when the one after the next is asked for.
      for (const piece of encodeStateFile(tables, buffers)) {
        if (before !== null) written.push(before.slice());
        before = piece;
      }
      if (before !== null) written.push(before.slice());
      expect(written.length).toBeGreaterThan(4);
      expect(crc32(joinBytes(written))).toBe(crc32(fileOf(tables)));
    }
  });

  test("are plain Arrow streams, one after the other", () => {
    const bytes = fileOf([table({}, ROWS), table({ table: "other" }, ROWS)]);
    const found: unknown[] = [];
    for (const stream of RecordBatchReader.readAll(bytes)) {
      const rows = [...stream].reduce((sum, batch) => sum + batch.numRows, 0);
      found.push([stream.schema.metadata.get("millrace.table"), rows]);
    }
    expect(found).toEqual([
      ["groups", 3],
      ["other", 3],
    ]);
  });

  test("keep columns that are the same memory side by side", () => {
    const { rows } = table({}, ROWS);
    const twice = schema([...groups.fields, field("again", float64())]);
    const shared = { ...rows, schema: twice, columns: [...rows.columns, rows.columns[5]] };
    const [decoded] = decodeStateFile(fileOf([table({ rows: shared })]));
    expect(objectsOf(decoded)).toEqual(ROWS.map((row) => ({ ...row, again: row.total })));
  });

  test("come out alike for the same tables", () => {
    const twice = [1, 2].map(() => fileOf([table({}, ROWS), table({ batch: 9 })]));
    expect(twice[0]).toEqual(twice[1]);
  });

  test("are read wherever their bytes begin", () => {
    const bytes = fileOf([table({}, ROWS)]);
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(decodeStateFile(moved.subarray(3)).map(objectsOf)).toEqual([ROWS]);
  });

  test.each([
    ["text", new TextEncoder().encode("this is no Arrow stream at all")],
    ["a cut", fileOf([table({}, ROWS)]).slice(0, 400)],
    ["rows of no table", fileOf([table({ kind: "more" as "delta" }, ROWS)])],
    ["foreign Arrow data", fileOf([table({ kind: "other" as "delta" }, ROWS)])],
  ])("refuse %s", (_what, bytes) => {
    expect(() => decodeStateFile(bytes)).toThrow(/STATE_FILE_CORRUPT/);
  });
});
