import type { DataType } from "../types/data-type.js";
import { allocateInt32 } from "./buffers.js";
import type { Column } from "./column.js";
import { columnBuilder } from "./column-builder.js";

// What Arrow stores where a column of ours says it shorter.

/** NULLs of a type that is stored: a real array of them. */
export function storedNulls(type: DataType, length: number): Column {
  const builder = columnBuilder(type, length);
  for (let i = 0; i < length; i++) builder.appendNull();
  return builder.finish();
}

/** The offsets of `length` rows, from 0. */
export function offsetsFromZero(offsets: Int32Array, length: number): Int32Array {
  const first = offsets[0];
  if (first === 0) return offsets.subarray(0, length + 1);
  const out = allocateInt32(length + 1);
  for (let i = 0; i <= length; i++) out[i] = offsets[i] - first;
  return out;
}
