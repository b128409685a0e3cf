import type { BytesColumn, Column, DictionaryColumn } from "../../src/columnar/column.js";
import type { DataType } from "../../src/types/data-type.js";

/** Columns written by hand for tests of state: null is NULL. */

const encoder = new TextEncoder();

export function textColumn(values: readonly (string | null)[]): BytesColumn {
  return bytesColumn(
    values.map((value) => (value === null ? null : encoder.encode(value))),
    { kind: "utf8" },
  );
}

export function binaryColumn(values: readonly (Uint8Array | null)[]): BytesColumn {
  return bytesColumn(values, { kind: "binary" });
}

function bytesColumn(values: readonly (Uint8Array | null)[], type: DataType): BytesColumn {
  const parts = values.map((value) => value ?? new Uint8Array(0));
  const offsets = new Int32Array(values.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = offsets[i] + part.length;
  });
  const bytes = new Uint8Array(offsets[values.length]);
  parts.forEach((part, i) => {
    bytes.set(part, offsets[i]);
  });
  return { layout: "bytes", type, ...rowsOf(values), offsets, bytes };
}

export function dictionaryColumn(values: readonly (string | null)[], padding = 0): DictionaryColumn {
  const distinct = [...new Set(values.filter((value) => value !== null))].reverse();
  for (let i = 0; i < padding; i++) distinct.push(`unused ${i}`);
  const indices = Int32Array.from(values, (value) => (value === null ? 0 : distinct.indexOf(value)));
  return { layout: "dictionary", type: { kind: "utf8" }, ...rowsOf(values), indices, dictionary: textColumn(distinct) };
}

export function int32Column(values: readonly (number | null)[], type: DataType = { kind: "int32" }): Column {
  return { layout: "int32", type, ...rowsOf(values), values: Int32Array.from(values, (value) => value ?? 77) };
}

export function int64Column(values: readonly (bigint | null)[], type: DataType = { kind: "int64" }): Column {
  return { layout: "int64", type, ...rowsOf(values), values: BigInt64Array.from(values, (value) => value ?? 77n) };
}

export function floatColumn(values: readonly (number | null)[]): Column {
  return {
    layout: "float64",
    type: { kind: "float64" },
    ...rowsOf(values),
    values: Float64Array.from(values, (value) => value ?? 77),
  };
}

export function boolColumn(values: readonly (boolean | null)[]): Column {
  return {
    layout: "bool",
    type: { kind: "bool" },
    ...rowsOf(values),
    values: Uint8Array.from(values, (value) => Number(value ?? true)),
  };
}

export function structColumn(fields: Record<string, Column>, isNull: readonly boolean[]): Column {
  const members = Object.entries(fields).map(([name, column]) => ({ name, type: column.type, nullable: true }));
  return {
    layout: "struct",
    type: { kind: "struct", fields: members },
    ...rowsOf(isNull.map((nothing) => (nothing ? null : true))),
    children: Object.values(fields),
  };
}

function rowsOf(values: readonly unknown[]): { length: number; nullCount: number; validity: Uint8Array | null } {
  const nullCount = values.filter((value) => value === null).length;
  const validity = nullCount === 0 ? null : Uint8Array.from(values, (value) => (value === null ? 0 : 1));
  return { length: values.length, nullCount, validity };
}
