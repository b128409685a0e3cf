import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column } from "../../src/columnar/column.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { createKeyTable, createKeyTableOf } from "../../src/state/create-key-table.js";
import type { KeyTable } from "../../src/state/state-table.js";
import type { DataType } from "../../src/types/data-type.js";
import {
  binaryColumn,
  boolColumn,
  dictionaryColumn,
  floatColumn,
  int32Column,
  int64Column,
  structColumn,
  textColumn,
} from "./key-columns-of.js";

const INT32: DataType = { kind: "int32" };
const INT64: DataType = { kind: "int64" };
const UTF8: DataType = { kind: "utf8" };
const FLOAT64: DataType = { kind: "float64" };

type Row = readonly [string | null, number | null, bigint | null, number | null, boolean | null];

const words = fc.oneof(
  fc.constantFrom("", "a", "b", "\0", "a\0", "user_12345", "0123456789abcdef", "0123456789abcdefg"),
  fc.constantFrom("a text that is much longer than sixteen bytes 1", "a text that is much longer than sixteen bytes 2"),
  fc.string({ maxLength: 20 }),
);
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.option(words, { nil: null }),
  fc.option(fc.integer({ min: -2, max: 2 }), { nil: null }),
  fc.option(fc.constantFrom(0n, -1n, 1n << 32n, -(1n << 63n)), { nil: null }),
  fc.option(fc.constantFrom(0, -0, Number.NaN, 1.5, Number.POSITIVE_INFINITY), { nil: null }),
  fc.option(fc.boolean(), { nil: null }),
);

const TYPES: DataType[] = [
  UTF8,
  {
    kind: "struct",
    fields: [
      { name: "i", type: INT32, nullable: true },
      { name: "l", type: INT64, nullable: true },
    ],
  },
  FLOAT64,
  { kind: "bool" },
];

/** The middle two numbers travel in a struct, which is NULL where both are. */
function columnsOf(rows: readonly Row[], isDictionary: boolean): Column[] {
  const texts = rows.map((r) => r[0]);
  return [
    isDictionary ? dictionaryColumn(texts) : textColumn(texts),
    structColumn(
      { i: int32Column(rows.map((r) => r[1])), l: int64Column(rows.map((r) => r[2])) },
      rows.map((r) => r[1] === null && r[2] === null),
    ),
    floatColumn(rows.map((r) => r[3])),
    boolColumn(rows.map((r) => r[4])),
  ];
}

/** What makes two rows the same key: NULL = NULL, NaN = NaN, -0 = +0. */
function identity(r: Row): string {
  const number = r[3] === null ? "null" : Number.isNaN(r[3]) ? "NaN" : String(r[3] + 0);
  return JSON.stringify([r[0], r[1], r[2] === null ? null : String(r[2]), number, r[4]]);
}

const options = fc.constantFrom(
  { codegen: true },
  { codegen: false },
  { codegen: true, hashMask: 0 },
  { codegen: false, hashMask: 3 },
);

describe("a key table", () => {
  it("gives equal keys one id and different keys different ids, through releases and reuse", () => {
    const step = fc.record({
      rows: fc.array(row, { maxLength: 40 }),
      isDictionary: fc.boolean(),
      releaseEvery: fc.integer({ min: 2, max: 5 }),
    });
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 6 }), (tableOptions, steps) => {
        const table = createKeyTable(TYPES, tableOptions);
        const model = new Map<string, number>();
        for (const { rows, isDictionary, releaseEvery } of steps) {
          const ids = new Int32Array(rows.length);
          const before = model.size;
          const inserted = table.probe(columnsOf(rows, isDictionary), null, rows.length, ids);
          rows.forEach((r, i) => {
            const known = model.get(identity(r));
            if (known === undefined) {
              expect([...model.values()]).not.toContain(ids[i]);
              model.set(identity(r), ids[i]);
            } else expect(ids[i]).toBe(known);
          });
          expect(inserted).toBe(model.size - before);
          expect(table.size).toBe(model.size);
          const released = [...model].filter((_, i) => i % releaseEvery === 0);
          table.release(
            Int32Array.from(released, ([, id]) => id),
            released.length,
          );
          for (const [key] of released) model.delete(key);
          expect(table.size).toBe(model.size);
          const found = new Int32Array(rows.length);
          table.find(columnsOf(rows, !isDictionary), null, rows.length, found);
          expect([...found]).toEqual(rows.map((r) => model.get(identity(r)) ?? -1));
        }
      }),
      { numRuns: 150 },
    );
  });

  it("gives back the keys it was given", () => {
    fc.assert(
      fc.property(
        options,
        fc.array(row, { minLength: 1, maxLength: 60 }),
        fc.boolean(),
        (tableOptions, rows, isDictionary) => {
          const table = createKeyTable(TYPES, tableOptions);
          const ids = new Int32Array(rows.length);
          table.probe(columnsOf(rows, isDictionary), null, rows.length, ids);
          const columns = table.keysOf(ids, rows.length);
          rows.forEach((r, i) => {
            expect(valueAt(columns[0], i)).toBe(r[0]);
            const struct = valueAt(columns[1], i);
            if (r[1] === null && r[2] === null) expect(struct).toBeNull();
            else expect(struct).toMatchObject({ i: r[1], l: r[2] });
            expect(valueAt(columns[2], i)).toBe(r[3] === null ? null : r[3] + 0);
            expect(valueAt(columns[3], i)).toBe(r[4]);
          });
          expect(columns.map((column) => column.length)).toEqual([rows.length, rows.length, rows.length, rows.length]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("hands out ids in order of insertion, the one freed last first", () => {
    const table = createKeyTable([UTF8]);
    expect(idsOf(table, textColumn(["a", "b", "a", "c"]))).toEqual([0, 1, 0, 2]);
    table.release(Int32Array.of(0, 2), 2);
    expect(idsOf(table, textColumn(["x", "b", "y", "z"]))).toEqual([2, 1, 0, 3]);
  });

  it("takes the same ids with a dictionary, whatever its order and size", () => {
    for (const padding of [0, 1000]) {
      const table = createKeyTable([UTF8]);
      const values = ["b", null, "a", "b", null, "a long text, longer than an image"];
      const expected = [0, 1, 2, 0, 1, 3];
      expect(idsOf(table, dictionaryColumn(values, padding))).toEqual(expected);
      expect(idsOf(table, textColumn(values))).toEqual(expected);
    }
  });

  it("reads only the selected rows", () => {
    const table = createKeyTable([INT32]);
    const ids = new Int32Array(2);
    expect(table.probe([int32Column([5, 6, 7, 6])], Int32Array.of(1, 3), 2, ids)).toBe(1);
    expect([...ids]).toEqual([0, 0]);
  });

  it("keeps a million keys apart and finds them all again", () => {
    const table = createKeyTable([INT64, INT32]);
    const count = 1_000_000;
    const keys = [
      int64Column(Array.from({ length: count }, (_, i) => BigInt(i % 1000) << 32n)),
      int32Column(Array.from({ length: count }, (_, i) => Math.floor(i / 1000) << 16)),
    ];
    const ids = new Int32Array(count);
    expect(table.probe(keys, null, count, ids)).toBe(count);
    expect(ids.every((id, i) => id === i)).toBe(true);
    table.release(ids.subarray(0, count / 2), count / 2);
    const found = new Int32Array(count);
    table.find(keys, null, count, found);
    expect(found.every((id, i) => id === (i < count / 2 ? -1 : i))).toBe(true);
  });

  it.each([[true], [false]])(
    "tells long keys apart whose hashes, length and ends are all equal, codegen %s",
    (codegen) => {
      // Found by search: the two pairs of middle words leave both hashes of text-words.ts in the same state.
      const words = [
        [0x64636261, 2, 7, 0, 1],
        [0x64636261, 1_514_500_113, 1_674_937_070, 0, 1],
      ];
      const values = words.map((each) => new Uint8Array(Uint32Array.from(each).buffer));
      const column = binaryColumn([values[0], values[1], values[0], values[1]]);
      const table = createKeyTable([column.type], { codegen });
      expect(idsOf(table, column)).toEqual([0, 1, 0, 1]);
      const keys = table.keysOf(Int32Array.of(1, 0), 2);
      expect([0, 1].map((row) => valueAt(keys[0], row))).toEqual([values[1], values[0]]);
      table.release(Int32Array.of(0), 1);
      const found = new Int32Array(4);
      table.find([column], null, 4, found);
      expect([...found]).toEqual([-1, 1, -1, 1]);
    },
  );

  it("gives freed memory of long texts to new ones", () => {
    const table = createKeyTable([UTF8]);
    let bytes = 0;
    for (let round = 0; round < 40; round++) {
      const texts = Array.from({ length: 1000 }, (_, i) => `${"a long prefix of a key ".repeat(4)}${round} ${i}`);
      const ids = Int32Array.from(idsOf(table, textColumn(texts)));
      expect(valueAt(table.keysOf(ids, 1000)[0], 999)).toBe(texts[999]);
      if (round === 5) bytes = table.bytes;
      table.release(ids, 1000);
    }
    expect(table.size).toBe(0);
    expect(table.bytes).toBeLessThan(bytes * 3);
  });

  it.each([[true], [false]])("keeps of a window of fixed size its start alone, codegen %s", (codegen) => {
    const starts = [0n, 10n, 0n, -10n, (1n << 32n) - 4n, -(1n << 40n)];
    const window = structColumn(
      { start: int64Column(starts), end: int64Column(starts.map((start) => start + 10n)) },
      starts.map(() => false),
    );
    const fields = { type: window.type, nullable: false, windowSize: 10n };
    const table = createKeyTableOf([fields, { type: UTF8, nullable: true, windowSize: null }], { codegen });
    const ids = new Int32Array(6);
    table.probe([window, textColumn(["a", "a", "a", "a", null, "b"])], null, 6, ids);
    expect([...ids]).toEqual([0, 1, 0, 2, 3, 4]);
    const [windows] = table.keysOf(ids, 6);
    expect(starts.map((_, i) => valueAt(windows, i))).toEqual(starts.map((start) => ({ start, end: start + 10n })));
  });

  it.each([[true], [false]])("refuses a NULL where the plan promised none, codegen %s", (codegen) => {
    const table = createKeyTableOf([{ type: INT32, nullable: false, windowSize: null }], { codegen });
    expect(table.probe([int32Column([1, null])], Int32Array.of(0), 1, new Int32Array(1))).toBe(1);
    expect(() => table.probe([int32Column([1, null])], null, 2, new Int32Array(2))).toThrow(/cannot be NULL/);
  });

  it("has one key when there are no key columns", () => {
    const table = createKeyTable([]);
    const ids = new Int32Array(3);
    expect(table.probe([], null, 3, ids)).toBe(1);
    expect([...ids]).toEqual([0, 0, 0]);
    expect(table.probe([], null, 3, ids)).toBe(0);
    expect(table.keysOf(ids, 1)).toEqual([]);
  });
});

function idsOf(table: KeyTable, column: Column): number[] {
  const ids = new Int32Array(column.length);
  table.probe([column], null, column.length, ids);
  return [...ids];
}
