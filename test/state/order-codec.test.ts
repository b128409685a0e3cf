import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnBuilder } from "../../src/columnar/column-builder.js";
import { compareAt } from "../../src/columnar/compare.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { compareBytes } from "../../src/state/bytes-store.js";
import { createKeyTable } from "../../src/state/create-key-table.js";
import { encodeOrdered, OrderedReader } from "../../src/state/order-codec.js";
import type { DataType } from "../../src/types/data-type.js";

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const text = fc.oneof(fc.constantFrom("", "\0", "a", "a\0", "a\0b", "b"), fc.string());
const CASES: readonly { name: string; type: DataType; value: fc.Arbitrary<unknown> }[] = [
  { name: "bool", type: { kind: "bool" }, value: fc.boolean() },
  { name: "int32", type: { kind: "int32" }, value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) },
  {
    name: "timestamp",
    type: { kind: "timestamp", zone: "UTC" },
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  },
  {
    name: "float64",
    type: { kind: "float64" },
    value: fc.oneof(fc.double(), fc.constantFrom(0, Number.NaN, Number.NEGATIVE_INFINITY)),
  },
  { name: "utf8", type: { kind: "utf8" }, value: text },
  {
    name: "list",
    type: { kind: "list", element: { kind: "utf8" }, containsNull: true },
    value: fc.array(nullable(text), { maxLength: 3 }),
  },
  {
    name: "struct",
    type: {
      kind: "struct",
      fields: [
        { name: "a", type: { kind: "float64" }, nullable: true },
        { name: "b", type: { kind: "utf8" }, nullable: true },
      ],
    },
    value: fc.record({ a: nullable(fc.double()), b: nullable(text) }),
  },
];

describe.each(CASES)("ordered bytes of $name", ({ type, value }) => {
  it("compare like the values and read back as them", () => {
    fc.assert(
      fc.property(nullable(value), nullable(value), (a, b) => {
        const column = columnOf(type, [a, b]);
        const { bytes, offsets } = encodeOrdered(column, Int32Array.of(1, 0), 2);
        const order = compareBytes(bytes.subarray(offsets[0], offsets[1]), bytes.subarray(offsets[1], offsets[2]));
        expect(Math.sign(order)).toBe(Math.sign(compareAt(column, 0, column, 1)));
        const back = [0, 1].map((row) => new OrderedReader(bytes, offsets[row]).read(type));
        const copy = columnOf(type, back);
        expect([0, 1].map((row) => compareAt(copy, row, column, row))).toEqual([0, 0]);
      }),
    );
  });
});

describe("a key table of lists", () => {
  it("tells lists apart by their elements, NULLs among them, and gives them back", () => {
    const type: DataType = { kind: "list", element: { kind: "utf8" }, containsNull: true };
    const lists = [["a", "b"], ["ab"], [], null, [null], ["a", "b"], ["a long text, longer than an image"], []];
    const table = createKeyTable([type]);
    const ids = new Int32Array(lists.length);
    table.probe([columnOf(type, lists)], null, lists.length, ids);
    expect([...ids]).toEqual([0, 1, 2, 3, 4, 0, 5, 2]);
    const keys = table.keysOf(ids, lists.length);
    expect(lists.map((_, row) => valueAt(keys[0], row))).toEqual(lists);
  });
});

function columnOf(type: DataType, values: readonly unknown[]) {
  const builder = columnBuilder(type, values.length);
  for (const each of values) {
    if (each === null) builder.appendNull();
    else builder.append(each);
  }
  return builder.finish();
}
