import { assert } from "../common/assert.js";
import { unreachable } from "../common/unreachable.js";
import type { DataType } from "../types/data-type.js";
import {
  allocateBytes,
  allocateFloat64,
  allocateInt32,
  allocateInt64,
  allocateValidity,
  requireInt32Total,
} from "./buffers.js";
import type { Chunk, RowBounds } from "./chunk.js";
import { emptyChunk } from "./chunk-of.js";
import type { BytesColumn, Column, ColumnLayout, DictionaryColumn, ListColumn, StructColumn } from "./column.js";
import { compactChunk } from "./compact.js";
import { plainColumn } from "./decode-dictionary.js";
import { nullColumn } from "./null-column.js";
import { sliceColumn } from "./slice.js";
import { ALL_VALID, type Validity } from "./validity.js";

/** Row bounds of a chunk that had none: every row is above them. */
const NO_BOUND = -(2n ** 63n);

type Parts<L extends ColumnLayout> = readonly (Extract<Column, { layout: L }> | Extract<Column, { layout: "null" }>)[];

/**
 * The columns end to end (at least one, all of one type). Dictionaries stay dictionaries while that is not larger than
 * the rows they serve; mixed with plain text they are decoded.
 */
export function concatColumns(columns: readonly Column[]): Column {
  const filled = columns.filter((column) => column.length > 0);
  const first = filled[0] ?? columns[0];
  assert(first !== undefined, "concatColumns gets at least one column");
  if (filled.length <= 1) return first;
  const length = filled.reduce((sum, column) => sum + column.length, 0);
  const layout = commonLayout(filled);
  switch (layout) {
    case "null":
      return nullColumn(first.type, length);
    case "dictionary":
      return concatDictionaries(filled as Parts<"dictionary">, length);
    case "bytes":
      return concatBytes(filled.map(plainColumn) as unknown as Parts<"bytes">, length);
    case "list":
      return concatLists(filled as Parts<"list">, length);
    case "struct":
      return concatStructs(filled as Parts<"struct">, length);
    default:
      return concatFixed(layout, filled, length);
  }
}

/** The selected rows of the chunks end to end; partition and row bounds stay where all chunks agree on them. */
export function concatChunks(chunks: readonly Chunk[]): Chunk {
  const compacted = chunks.map(compactChunk);
  const first = compacted[0];
  assert(first !== undefined, "concatChunks gets at least one chunk");
  const filled = compacted.filter((chunk) => chunk.length > 0);
  if (filled.length <= 1) return filled[0] ?? emptyLike(first);
  const length = filled.reduce((sum, chunk) => sum + chunk.length, 0);
  return {
    schema: first.schema,
    columns: first.columns.map((_, i) => concatColumns(filled.map((chunk) => columnAt(chunk, i)))),
    length,
    sel: null,
    weights: concatWeights(filled, length),
    partition: filled.every((chunk) => chunk.partition === first.partition) ? first.partition : null,
    rowBounds: concatRowBounds(filled, length),
  };
}

function emptyLike(chunk: Chunk): Chunk {
  return { ...emptyChunk(chunk.schema), partition: chunk.partition };
}

function columnAt(chunk: Chunk, i: number): Column {
  const column = chunk.columns[i];
  assert(column !== undefined, "chunks of one edge have the same columns");
  return column;
}

/** NULL columns take any layout; plain text wins over dictionaries. */
function commonLayout(columns: readonly Column[]): ColumnLayout {
  let common: ColumnLayout = "null";
  for (const { layout } of columns) {
    if (layout === "null" || layout === common) continue;
    assert(
      common === "null" || (isText(common) && isText(layout)),
      `columns of one type have one layout, not ${common} and ${layout}`,
    );
    common = common === "null" ? layout : "bytes";
  }
  return common;
}

function isText(layout: ColumnLayout): boolean {
  return layout === "bytes" || layout === "dictionary";
}

interface Base extends Validity {
  readonly type: DataType;
  readonly length: number;
}

function concatBase(columns: readonly Column[], length: number): Base {
  const type = columns[0].type;
  const nullCount = columns.reduce((sum, column) => sum + column.nullCount, 0);
  if (nullCount === 0) return { type, length, ...ALL_VALID };
  const validity = allocateValidity(length);
  let at = 0;
  for (const column of columns) {
    if (column.layout === "null") validity.fill(0, at, at + column.length);
    else if (column.validity !== null) validity.set(column.validity.subarray(0, column.length), at);
    at += column.length;
  }
  return { type, length, nullCount, validity };
}

function concatFixed(
  layout: "bool" | "int32" | "int64" | "float64",
  columns: readonly Column[],
  length: number,
): Column {
  const base = concatBase(columns, length);
  switch (layout) {
    case "bool":
      return { ...base, layout, values: copyValues(columns as Parts<"bool">, allocateBytes(length)) };
    case "int32":
      return { ...base, layout, values: copyValues(columns as Parts<"int32">, allocateInt32(length)) };
    case "int64":
      return { ...base, layout, values: copyInt64(columns as Parts<"int64">, length) };
    case "float64":
      return { ...base, layout, values: copyValues(columns as Parts<"float64">, allocateFloat64(length)) };
    default:
      return unreachable(layout);
  }
}

interface NumberArray {
  set(values: ArrayLike<number>, at: number): void;
}

function copyValues<A extends NumberArray>(columns: Parts<"bool" | "int32" | "float64">, out: A): A {
  let at = 0;
  for (const column of columns) {
    if (column.layout !== "null") out.set(column.values.subarray(0, column.length), at);
    at += column.length;
  }
  return out;
}

function copyInt64(columns: Parts<"int64">, length: number): BigInt64Array {
  const out = allocateInt64(length);
  let at = 0;
  for (const column of columns) {
    if (column.layout !== "null") out.set(column.values.subarray(0, column.length), at);
    at += column.length;
  }
  return out;
}

function concatBytes(columns: Parts<"bytes">, length: number): Column {
  const offsets = concatOffsets(columns, length);
  const bytes = allocateBytes(offsets[length]);
  let at = 0;
  for (const column of columns) {
    if (column.layout !== "null") {
      const part = column.bytes.subarray(column.offsets[0], column.offsets[column.length]);
      bytes.set(part, at);
      at += part.length;
    }
  }
  return { ...concatBase(columns, length), layout: "bytes", offsets, bytes };
}

/** Offsets from 0 over the values of all columns laid end to end; NULL columns have empty values. */
function concatOffsets(columns: Parts<"bytes" | "list">, length: number): Int32Array {
  const out = allocateInt32(length + 1);
  let row = 0;
  let end = 0;
  for (const column of columns) {
    if (column.layout === "null") out.fill(end, row + 1, row + column.length + 1);
    else end = shiftOffsets(column, out, { row, end });
    row += column.length;
  }
  return out;
}

function shiftOffsets(column: BytesColumn | ListColumn, out: Int32Array, at: { row: number; end: number }): number {
  const { offsets, length } = column;
  const shift = at.end - offsets[0];
  const end = requireInt32Total(offsets[length] + shift);
  for (let i = 1; i <= length; i++) out[at.row + i] = offsets[i] + shift;
  return end;
}

function concatLists(columns: Parts<"list">, length: number): Column {
  const offsets = concatOffsets(columns, length);
  const elements = columns.filter((column) => column.layout === "list").map(usedElements);
  return { ...concatBase(columns, length), layout: "list", offsets, elements: concatColumns(elements) };
}

function usedElements(column: ListColumn): Column {
  return sliceColumn(column.elements, column.offsets[0], column.offsets[column.length]);
}

function concatStructs(columns: Parts<"struct">, length: number): Column {
  const { type } = columns[0];
  assert(type.kind === "struct", "a column of structs has a struct type");
  const children = type.fields.map((field, i) =>
    concatColumns(
      columns.map((column) => (column.layout === "null" ? nullColumn(field.type, column.length) : childAt(column, i))),
    ),
  );
  return { ...concatBase(columns, length), layout: "struct", children };
}

function childAt(column: StructColumn, i: number): Column {
  const child = column.children[i];
  assert(child !== undefined, "a struct column has a child per field of its type");
  return child;
}

/** One dictionary behind another, ids shifted: a dictionary may hold a text twice. Plain text when that would be longer than the rows. */
function concatDictionaries(columns: Parts<"dictionary">, length: number): Column {
  const shifts = new Map<BytesColumn, number>();
  let total = 0;
  for (const column of columns) {
    if (column.layout === "null" || shifts.has(column.dictionary)) continue;
    shifts.set(column.dictionary, total);
    total += column.dictionary.length;
  }
  const dictionary = concatDictionaryTexts([...shifts.keys()], total);
  if ((shifts.size > 1 && total > length) || dictionary === null)
    return concatBytes(columns.map(plainColumn) as unknown as Parts<"bytes">, length);
  return {
    ...concatBase(columns, length),
    layout: "dictionary",
    indices: shiftIds(columns, shifts, length),
    dictionary,
  };
}

function concatDictionaryTexts(dictionaries: readonly BytesColumn[], total: number): BytesColumn | null {
  if (dictionaries.length === 1) return dictionaries[0] ?? null;
  const texts = total === 0 ? null : concatColumns(dictionaries);
  return texts !== null && texts.layout === "bytes" ? texts : null;
}

function shiftIds(columns: Parts<"dictionary">, shifts: ReadonlyMap<BytesColumn, number>, length: number): Int32Array {
  const out = allocateInt32(length);
  let at = 0;
  for (const column of columns) {
    if (column.layout !== "null") copyShifted(column, out, { at, shift: shifts.get(column.dictionary) ?? 0 });
    at += column.length;
  }
  return out;
}

function copyShifted(column: DictionaryColumn, out: Int32Array, to: { at: number; shift: number }): void {
  const { indices, length } = column;
  const { at, shift } = to;
  for (let i = 0; i < length; i++) out[at + i] = indices[i] + shift;
}

function concatWeights(chunks: readonly Chunk[], length: number): Int32Array | null {
  if (chunks.every((chunk) => chunk.weights === null)) return null;
  const out = allocateInt32(length).fill(1);
  let at = 0;
  for (const { weights, length: rows } of chunks) {
    if (weights !== null) out.set(weights.subarray(0, rows), at);
    at += rows;
  }
  return out;
}

function concatRowBounds(chunks: readonly Chunk[], length: number): RowBounds | null {
  const first = chunks.find((chunk) => chunk.rowBounds !== null)?.rowBounds ?? null;
  if (first === null) return null;
  const bounds = allocateInt64(length).fill(NO_BOUND);
  let at = 0;
  for (const { rowBounds, length: rows } of chunks) {
    if (rowBounds !== null) bounds.set(rowBounds.bounds.subarray(0, rows), at);
    at += rows;
  }
  return { watermarkId: first.watermarkId, bounds };
}
