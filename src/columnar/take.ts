import { unreachable } from "../common/unreachable.js";
import {
  allocateBytes,
  allocateFloat64,
  allocateInt32,
  allocateInt64,
  int32Halves,
  requireInt32Total,
} from "./buffers.js";
import type { Chunk } from "./chunk.js";
import type { BytesColumn, Column, ListColumn } from "./column.js";
import { nullColumn } from "./null-column.js";
import { hasNegative, takeValidity } from "./validity.js";

/** Longer values are copied by the engine's memcpy; shorter ones by a loop, which makes no view object. */
const COPY_LOOP_LIMIT = 48;

/** The rows at the first `count` indices, in their order; an index of -1 gives NULL. Dictionaries are shared, not copied. */
export function takeColumn(column: Column, indices: Int32Array, count: number): Column {
  if (column.layout === "null" || column.length === 0) return nullColumn(column.type, count);
  const { validity, nullCount } = takeValidity(column.validity, indices, count);
  if (nullCount === count && count > 0) return nullColumn(column.type, count);
  // Loops below read in bounds only: -1 becomes row 0, which is unspecified in the result and marked NULL.
  const rows = nullCount > 0 && hasNegative(indices, count) ? withoutNegative(indices, count) : indices;
  const base = { type: column.type, length: count, nullCount, validity };
  switch (column.layout) {
    case "bool":
      return { ...base, layout: "bool", values: takeBytes(column.values, rows, count) };
    case "int32":
      return { ...base, layout: "int32", values: takeInt32(column.values, rows, count) };
    case "int64":
      return { ...base, layout: "int64", values: takeInt64(column.values, rows, count) };
    case "float64":
      return { ...base, layout: "float64", values: takeFloat64(column.values, rows, count) };
    case "bytes":
      return { ...base, layout: "bytes", ...takeText(column, rows, count) };
    case "dictionary":
      return {
        ...base,
        layout: "dictionary",
        indices: takeInt32(column.indices, rows, count),
        dictionary: column.dictionary,
      };
    case "list":
      return { ...base, layout: "list", ...takeLists(column, rows, count) };
    case "struct":
      return { ...base, layout: "struct", children: column.children.map((child) => takeColumn(child, indices, count)) };
    default:
      return unreachable(column);
  }
}

/** The physical rows at the first `count` indices as a chunk without a selection; weights and row bounds come along. No index may be -1. */
export function takeChunk(chunk: Chunk, indices: Int32Array, count: number): Chunk {
  const { rowBounds, weights } = chunk;
  return {
    ...chunk,
    columns: chunk.columns.map((column) => takeColumn(column, indices, count)),
    length: count,
    sel: null,
    weights: weights === null ? null : takeInt32(weights, indices, count),
    rowBounds: rowBounds === null ? null : { ...rowBounds, bounds: takeInt64(rowBounds.bounds, indices, count) },
  };
}

function withoutNegative(indices: Int32Array, count: number): Int32Array {
  const out = allocateInt32(count);
  for (let i = 0; i < count; i++) out[i] = indices[i] & ~(indices[i] >> 31);
  return out;
}

function takeBytes(values: Uint8Array, indices: Int32Array, count: number): Uint8Array {
  const out = allocateBytes(count);
  for (let i = 0; i < count; i++) out[i] = values[indices[i]];
  return out;
}

function takeInt32(values: Int32Array, indices: Int32Array, count: number): Int32Array {
  const out = allocateInt32(count);
  for (let i = 0; i < count; i++) out[i] = values[indices[i]];
  return out;
}

function takeFloat64(values: Float64Array, indices: Int32Array, count: number): Float64Array {
  const out = allocateFloat64(count);
  for (let i = 0; i < count; i++) out[i] = values[indices[i]];
  return out;
}

function takeInt64(values: BigInt64Array, indices: Int32Array, count: number): BigInt64Array {
  const out = allocateInt64(count);
  const from = int32Halves(values);
  const to = int32Halves(out);
  for (let i = 0; i < count; i++) {
    const row = 2 * indices[i];
    to[2 * i] = from[row];
    to[2 * i + 1] = from[row + 1];
  }
  return out;
}

function takeText(column: BytesColumn, indices: Int32Array, count: number): { offsets: Int32Array; bytes: Uint8Array } {
  const offsets = takenOffsets(column.offsets, indices, count);
  const bytes = allocateBytes(offsets[count]);
  copyText(column, indices, { offsets, bytes, count });
  return { offsets, bytes };
}

/** Offsets of the taken values laid end to end, from 0. */
function takenOffsets(offsets: Int32Array, indices: Int32Array, count: number): Int32Array {
  const out = allocateInt32(count + 1);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const row = indices[i];
    total += offsets[row + 1] - offsets[row];
    out[i + 1] = total;
  }
  requireInt32Total(total);
  return out;
}

function copyText(
  column: BytesColumn,
  indices: Int32Array,
  out: { offsets: Int32Array; bytes: Uint8Array; count: number },
): void {
  const { offsets, bytes } = column;
  const target = out.bytes;
  let to = 0;
  for (let i = 0; i < out.count; i++) {
    const row = indices[i];
    const from = offsets[row];
    const end = offsets[row + 1];
    if (end - from > COPY_LOOP_LIMIT) {
      target.set(bytes.subarray(from, end), to);
      to += end - from;
    } else {
      for (let p = from; p < end; p++) target[to++] = bytes[p];
    }
  }
}

function takeLists(column: ListColumn, indices: Int32Array, count: number): { offsets: Int32Array; elements: Column } {
  const offsets = takenOffsets(column.offsets, indices, count);
  const total = offsets[count];
  const elementRows = allocateInt32(total);
  let to = 0;
  for (let i = 0; i < count; i++) {
    const row = indices[i];
    const end = column.offsets[row + 1];
    for (let p = column.offsets[row]; p < end; p++) elementRows[to++] = p;
  }
  return { offsets, elements: takeColumn(column.elements, elementRows, total) };
}
