import { unreachable } from "../common/unreachable.js";
import type { Chunk } from "./chunk.js";
import type { Column, Int64Column } from "./column.js";
import { nullColumn } from "./null-column.js";
import { scaledColumn, scaledOf } from "./scaled-column.js";
import { countedValidity } from "./validity.js";

/** Rows [from, to) without a copy: views of the same memory. */
export function sliceColumn(column: Column, from: number, to: number): Column {
  if (from === 0 && to === column.length) return column;
  if (column.layout === "null") return nullColumn(column.type, to - from);
  const length = to - from;
  const base = { type: column.type, length, ...countedValidity(column.validity?.subarray(from, to) ?? null, length) };
  switch (column.layout) {
    case "bool":
      return { ...base, layout: "bool", values: column.values.subarray(from, to) };
    case "int32":
      return { ...base, layout: "int32", values: column.values.subarray(from, to) };
    case "int64":
      return sliceInt64(column, from, to);
    case "float64":
      return { ...base, layout: "float64", values: column.values.subarray(from, to) };
    case "bytes":
      return { ...base, layout: "bytes", offsets: column.offsets.subarray(from, to + 1), bytes: column.bytes };
    case "dictionary":
      return {
        ...base,
        layout: "dictionary",
        indices: column.indices.subarray(from, to),
        dictionary: column.dictionary,
      };
    case "list":
      return { ...base, layout: "list", offsets: column.offsets.subarray(from, to + 1), elements: column.elements };
    case "struct":
      return { ...base, layout: "struct", children: column.children.map((child) => sliceColumn(child, from, to)) };
    default:
      return unreachable(column);
  }
}

function sliceInt64(column: Int64Column, from: number, to: number): Int64Column {
  const { type, validity } = column;
  const scaled = scaledOf(column);
  const length = to - from;
  if (scaled !== null) {
    return scaledColumn(type, length, { source: scaled.source.subarray(from, to), factor: scaled.factor });
  }
  const nulls = countedValidity(validity?.subarray(from, to) ?? null, length);
  return { type, length, ...nulls, layout: "int64", values: column.values.subarray(from, to) };
}

/** PHYSICAL rows [from, to) of a chunk, as views; a selection is cut and shifted along. */
export function sliceChunk(chunk: Chunk, from: number, to: number): Chunk {
  if (from === 0 && to === chunk.length) return chunk;
  const { sel, weights, rowBounds } = chunk;
  return {
    ...chunk,
    columns: chunk.columns.map((column) => sliceColumn(column, from, to)),
    length: to - from,
    sel: sel === null ? null : sliceSelection(sel, from, to),
    weights: weights?.subarray(from, to) ?? null,
    rowBounds: rowBounds === null ? null : { ...rowBounds, bounds: rowBounds.bounds.subarray(from, to) },
  };
}

function sliceSelection(sel: Int32Array, from: number, to: number): Int32Array {
  return sel.subarray(firstAtLeast(sel, from), firstAtLeast(sel, to)).map((row) => row - from);
}

/** The first position in ascending `sel` whose row is at least `row`. */
function firstAtLeast(sel: Int32Array, row: number): number {
  let low = 0;
  let high = sel.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sel[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
