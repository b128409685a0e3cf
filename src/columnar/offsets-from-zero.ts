import { allocateInt32 } from "./buffers.js";

/** The offsets of `length` rows as Arrow stores them: the first is 0. */
export function offsetsFromZero(offsets: Int32Array, length: number): Int32Array {
  const first = offsets[0];
  if (first === 0) return offsets.subarray(0, length + 1);
  const out = allocateInt32(length + 1);
  for (let i = 0; i <= length; i++) out[i] = offsets[i] - first;
  return out;
}
