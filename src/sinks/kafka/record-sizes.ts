import type { BytesColumn, Column, ListColumn } from "../../columnar/column.js";
import type { RecordParts } from "./record-rows.js";

/** What a batch and a record take at most beside keys and values: the headers of both, lengths and deltas. */
const OVERHEAD = 82;
/** The same of a header of a record. */
const HEADER_OVERHEAD = 10;

/** The first row whose record, alone in a batch and not compressed, may take more than `limit` bytes; -1 for none. */
export function firstTooLarge(parts: RecordParts, limit: number): number {
  for (let row = 0; row < parts.length; row++) if (recordSize(parts, row) > limit) return row;
  return -1;
}

/** An upper bound, in bytes. */
export function recordSize({ key, value, headers }: RecordParts, row: number): number {
  const own = (key === null ? 0 : sizeAt(key, row)) + (value === null ? 0 : sizeAt(value, row));
  return OVERHEAD + own + (headers === null ? 0 : headersSize(headers, row));
}

function sizeAt({ offsets, validity }: BytesColumn, row: number): number {
  return validity !== null && validity[row] === 0 ? 0 : offsets[row + 1] - offsets[row];
}

function headersSize({ offsets, elements, validity }: ListColumn, row: number): number {
  if (validity !== null && validity[row] === 0) return 0;
  const from = offsets[row];
  const to = offsets[row + 1];
  if (elements.layout !== "struct") return 0;
  let size = HEADER_OVERHEAD * (to - from);
  for (let i = 0; i < elements.children.length; i++) size += sizeBetween(elements.children[i], from, to);
  return size;
}

function sizeBetween(column: Column | undefined, from: number, to: number): number {
  return column?.layout === "bytes" ? column.offsets[to] - column.offsets[from] : 0;
}
