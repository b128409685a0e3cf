import fc from "fast-check";
import type { Chunk } from "../../../src/columnar/chunk.js";
import type { Column } from "../../../src/columnar/column.js";
import { columnFromValues } from "../../../src/columnar/column-from-values.js";
import type { DataType, Field } from "../../../src/types/data-type.js";
import { dictionaryColumn } from "../../state/key-columns-of.js";

/** Rows with a column of every type that a key or an argument can have, few different values each. */

export const WINDOW_SIZE = 10n;

const TIMESTAMP: DataType = { kind: "timestamp", zone: "UTC" };
const LIST: DataType = { kind: "list", element: { kind: "int64" }, containsNull: true };
const STRUCT: DataType = {
  kind: "struct",
  fields: [
    { name: "i", type: { kind: "int32" }, nullable: true },
    { name: "t", type: { kind: "utf8" }, nullable: true },
  ],
};
const WINDOW: DataType = {
  kind: "struct",
  fields: [
    { name: "start", type: TIMESTAMP, nullable: false },
    { name: "end", type: TIMESTAMP, nullable: false },
  ],
};

const COLUMNS: readonly { readonly name: string; readonly type: DataType; readonly values: readonly unknown[] }[] = [
  { name: "text", type: { kind: "utf8" }, values: ["", "a", "sixteen bytes...", "a text beyond sixteen bytes", null] },
  { name: "flag", type: { kind: "bool" }, values: [true, false, null] },
  { name: "int", type: { kind: "int32" }, values: [-3, 0, 2, 2 ** 31 - 1, null] },
  { name: "day", type: { kind: "date" }, values: [0, 19_000, null] },
  { name: "long", type: { kind: "int64" }, values: [-1n, 0n, 2n ** 40n, -(2n ** 33n), null] },
  { name: "at", type: TIMESTAMP, values: [0n, 5n, 10n, 15n, 20n, null] },
  {
    name: "float",
    type: { kind: "float64" },
    values: [0.1, -0, 2 ** 1000, -(2 ** 1000), Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null],
  },
  { name: "plain", type: { kind: "float64" }, values: [0.1, 0.2, 1e17, -1e17, null] },
  { name: "bytes", type: { kind: "binary" }, values: [Uint8Array.of(), Uint8Array.of(0, 255), null] },
  { name: "list", type: LIST, values: [[], [1n, null], [2n ** 50n], null] },
  { name: "struct", type: STRUCT, values: [{ i: 1, t: "x" }, { i: null, t: "x" }, { i: 1, t: null }, null] },
  { name: "nothing", type: { kind: "null" }, values: [null] },
];
const STARTS = [0n, 10n, 20n];

export type WideRow = { readonly [name: string]: unknown } & { readonly weight: number };

export const wideFields: readonly Field[] = COLUMNS.map(({ name, type }) => ({ name, type, nullable: true }));
/** Behind the others, as a window operator would append it. */
export const windowField: Field = { name: "window", type: WINDOW, nullable: false };

export const wideRow: fc.Arbitrary<WideRow> = fc
  .record({
    ...Object.fromEntries(COLUMNS.map(({ name, values }) => [name, fc.constantFrom(...values)])),
    window: fc.constantFrom(...STARTS.map((start) => ({ start, end: start + WINDOW_SIZE }))),
    weight: fc.constantFrom(1, 1, 1, 2),
  })
  .map((row) => row as unknown as WideRow);

export function wideChunk(rows: readonly WideRow[], isDictionary: boolean): Chunk {
  const columns = [...wideFields, windowField].map((field) => wideColumn(field, rows, isDictionary));
  const hasWeights = rows.some(({ weight }) => weight !== 1);
  return {
    schema: { fields: [...wideFields, windowField] },
    columns,
    length: rows.length,
    sel: null,
    weights: hasWeights ? Int32Array.from(rows, ({ weight }) => weight) : null,
    partition: null,
    rowBounds: null,
  };
}

function wideColumn({ name, type, nullable }: Field, rows: readonly WideRow[], isDictionary: boolean): Column {
  const values = rows.map((row) => row[name]);
  if (isDictionary && type.kind === "utf8") return dictionaryColumn(values as (string | null)[]);
  return columnFromValues(values, { type, nullable }, { column: name, rows: null });
}
