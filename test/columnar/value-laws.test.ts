import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column } from "../../src/columnar/column.js";
import { columnBuilder } from "../../src/columnar/column-builder.js";
import { compareAt, equalAt, rowComparator, sortIndices } from "../../src/columnar/compare.js";
import { concatColumns } from "../../src/columnar/concat.js";
import { constantColumn } from "../../src/columnar/constant-column.js";
import { plainColumn } from "../../src/columnar/decode-dictionary.js";
import { sliceColumn } from "../../src/columnar/slice.js";
import { takeColumn } from "../../src/columnar/take.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { float64, int32, int64, utf8 } from "../../src/types/type-constructors.js";
import { anyColumn, anyGuise, anyType, anyValue, columnOf, dictionaryOf, inGuise } from "./arbitrary-column.js";

const valuesOf = (column: Column): unknown[] => Array.from({ length: column.length }, (_, i) => valueAt(column, i));

/** What must hold for every column (columnar/column.ts). */
function expectSound(column: Column): void {
  if (column.layout === "null") {
    expect(column.nullCount).toBe(column.length);
    return;
  }
  const nulls = Array.from({ length: column.length }, (_, i) => column.validity?.[i] === 0).filter(Boolean).length;
  expect(column.nullCount).toBe(nulls);
  if (nulls === 0) expect(column.validity).toBeNull();
  if (column.layout === "dictionary") {
    for (let i = 0; i < column.length; i++)
      expect(column.indices[i] >= 0 && column.indices[i] < column.dictionary.length).toBe(true);
    expect(column.dictionary.nullCount).toBe(0);
  }
  if (column.layout === "bytes" || column.layout === "list") {
    for (let i = 0; i < column.length; i++) expect(column.offsets[i + 1]).toBeGreaterThanOrEqual(column.offsets[i]);
  }
  if (column.layout === "list") expectSound(column.elements);
  if (column.layout === "struct") {
    for (const child of column.children) {
      expect(child.length).toBe(column.length);
      expectSound(child);
    }
  }
}

describe("columns", () => {
  it("give back the values they were built from, in every guise", () => {
    fc.assert(
      fc.property(anyColumn, ({ column, values }) => {
        expectSound(column);
        expect(valuesOf(column)).toEqual(values);
        expect(valuesOf(plainColumn(column))).toEqual(values);
      }),
      { numRuns: 400 },
    );
  });

  it("take: the rows at the indices, NULL at -1", () => {
    fc.assert(
      fc.property(
        anyColumn,
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        fc.nat({ max: 30 }),
        ({ column, values }, numbers, withMissing, count) => {
          const lowest = withMissing || values.length === 0 ? -1 : 0;
          const indices = Int32Array.from(
            { length: count },
            () => (numbers.next().value % (values.length - lowest)) + lowest,
          );
          const taken = takeColumn(column, indices, count);
          expectSound(taken);
          expect(valuesOf(taken)).toEqual([...indices].map((i) => (i < 0 ? null : values[i])));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("slice and concat undo each other", () => {
    fc.assert(
      fc.property(anyColumn, fc.nat(), fc.nat(), ({ column, values }, a, b) => {
        const [from, to] = [a % (values.length + 1), b % (values.length + 1)].sort((x, y) => x - y);
        const pieces = [
          sliceColumn(column, 0, from),
          sliceColumn(column, from, to),
          sliceColumn(column, to, values.length),
        ];
        for (const piece of pieces) expectSound(piece);
        expect(valuesOf(pieces[1])).toEqual(values.slice(from, to));
        const whole = concatColumns(pieces);
        expectSound(whole);
        expect(valuesOf(whole)).toEqual(values);
      }),
      { numRuns: 400 },
    );
  });

  it("concat joins guises of one type", () => {
    const parts = anyType.chain((type) =>
      fc
        .array(fc.tuple(fc.array(anyValue(type), { maxLength: 6 }), anyGuise), { minLength: 1, maxLength: 5 })
        .map((all) => ({ type, all })),
    );
    fc.assert(
      fc.property(parts, ({ type, all }) => {
        const whole = concatColumns(all.map(([values, guise]) => inGuise(type, values, guise)));
        expectSound(whole);
        expect(valuesOf(whole)).toEqual(all.flatMap(([values]) => values));
      }),
      { numRuns: 400 },
    );
  });

  it("appendFrom copies rows out of any guise", () => {
    fc.assert(
      fc.property(anyColumn, ({ column, values }) => {
        const builder = columnBuilder(column.type, 0);
        for (let row = values.length - 1; row >= 0; row--) builder.appendFrom(column, row);
        const copied = builder.finish();
        expectSound(copied);
        expect(valuesOf(copied)).toEqual([...values].reverse());
      }),
      { numRuns: 300 },
    );
  });

  it("constantColumn repeats a value", () => {
    fc.assert(
      fc.property(
        anyType.chain((type) => fc.tuple(fc.constant(type), anyValue(type))),
        fc.nat({ max: 5 }),
        ([type, value], length) => {
          expect(valuesOf(constantColumn(type, value, length))).toEqual(new Array(length).fill(value));
        },
      ),
    );
  });

  it("keep one dictionary when they share it, and join small ones", () => {
    const words = dictionaryOf(["a", "b", null, "a", "b", "a"]);
    const shared = concatColumns([sliceColumn(words, 0, 3), sliceColumn(words, 3, 6)]);
    expect(
      shared.layout === "dictionary" && words.layout === "dictionary" && shared.dictionary === words.dictionary,
    ).toBe(true);
    const other = dictionaryOf(new Array(20).fill("c"));
    const joined = concatColumns([words, other]);
    expect(joined.layout).toBe("dictionary");
    expect(valuesOf(joined)).toEqual(["a", "b", null, "a", "b", "a", ...new Array(20).fill("c")]);
  });

  it("give up a dictionary that would be longer than the rows", () => {
    const few = [dictionaryOf(["a"]), dictionaryOf(["b"])];
    expect(concatColumns(few).layout).toBe("bytes");
  });
});

const sign = (n: number): number => (n < 0 ? -1 : n > 0 ? 1 : 0);
const twoOfOneType = anyType.chain((type) =>
  fc.tuple(fc.array(anyValue(type), { minLength: 1, maxLength: 12 }), anyGuise, anyGuise).map(([values, a, b]) => ({
    a: inGuise(type, values, a),
    b: inGuise(type, values, b),
    count: values.length,
  })),
);

describe("the order of values", () => {
  it("is total: reflexive, antisymmetric, transitive, and the same in every guise", () => {
    fc.assert(
      fc.property(twoOfOneType, ({ a, b, count }) => {
        for (let i = 0; i < count; i++) {
          expect(compareAt(a, i, b, i)).toBe(0);
          for (let j = 0; j < count; j++) {
            const order = sign(compareAt(a, i, b, j));
            expect(sign(compareAt(b, j, a, i))).toBe(order === 0 ? 0 : -order);
            for (let k = 0; k < count; k++) {
              if (order <= 0 && compareAt(b, j, a, k) <= 0) expect(compareAt(a, i, a, k)).toBeLessThanOrEqual(0);
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("is what rowComparator and sortIndices follow, stable, in every direction", () => {
    const order = fc.record({ descending: fc.boolean(), nullsFirst: fc.boolean() });
    fc.assert(
      fc.property(
        twoOfOneType,
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 12, maxLength: 12 }),
        order,
        order,
        ({ a, count }, second, first, then) => {
          const columns = [a, columnOf(int32(), second.slice(0, count))];
          const orders = [first, then];
          const sorted = sortIndices(columns, orders, count);
          expect([...sorted].sort((x, y) => x - y)).toEqual(Array.from({ length: count }, (_, i) => i));
          const isNull = (row: number): boolean => valueAt(a, row) === null;
          const expected = (i: number, j: number): number => {
            const nulls =
              isNull(i) || isNull(j) ? (Number(isNull(j)) - Number(isNull(i))) * (first.nullsFirst ? 1 : -1) : null;
            const main = nulls ?? (first.descending ? compareAt(a, j, a, i) : compareAt(a, i, a, j));
            const rest = then.descending ? second[j] - second[i] : second[i] - second[j];
            return sign(main) || sign(rest);
          };
          const compare = rowComparator(columns, orders);
          for (let k = 1; k < count; k++) {
            const [i, j] = [sorted[k - 1], sorted[k]];
            expect(expected(i, j) < 0 || (expected(i, j) === 0 && i < j)).toBe(true);
            expect(sign(compare(i, j))).toBe(expected(i, j));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("puts NULL first, NaN last, -0 with 0, text by bytes and not by UTF-16 units", () => {
    const doubles = columnOf(float64(), [Number.NaN, Infinity, 0, -0, null, -Infinity]);
    expect([...sortIndices([doubles], [], 6)]).toEqual([4, 5, 2, 3, 1, 0]);
    expect(equalAt(doubles, 2, doubles, 3)).toBe(true);
    const texts = columnOf(utf8(), ["\u{1f600}", "\uffff", "a", "ab", ""]);
    expect([...sortIndices([texts], [], 5)]).toEqual([4, 2, 3, 1, 0]);
    const longs = columnOf(int64(), [2n ** 32n, -1n, 2n ** 31n, -(2n ** 63n), 0n]);
    expect([...sortIndices([longs], [], 5)]).toEqual([3, 1, 4, 2, 0]);
  });

  it("sorts many rows like a stable sort of values", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 500 }), (values) => {
        const expected = values
          .map((value, i) => ({ value, i }))
          .sort((x, y) => x.value - y.value || x.i - y.i)
          .map(({ i }) => i);
        expect([...sortIndices([columnOf(int32(), values)], [], values.length)]).toEqual(expected);
      }),
    );
  });
});

it("takes every NaN for the same value", () => {
  const bits = BigInt64Array.of(0x7ff8000000000000n, 0x7ff8000000000001n, -0x8000000000000n);
  const nans = { ...columnOf(float64(), [1, 2, 3]), values: new Float64Array(bits.buffer) } as Column;
  expect([1, 2].map((i) => compareAt(nans, 0, nans, i))).toEqual([0, 0]);
  expect([1, 2].map((i) => equalAt(nans, 0, nans, i))).toEqual([true, true]);
  expect(compareAt(columnOf(float64(), [0, -0]), 0, columnOf(float64(), [0, -0]), 1)).toBe(0);
});
