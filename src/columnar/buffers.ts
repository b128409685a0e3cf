import { FormatError } from "../common/millrace-error.js";

// The one allocator: every array of a column comes from here (shared or WASM memory later, without touching a kernel).
// New arrays hold zeros.

export function allocateBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length);
}

export function allocateInt32(length: number): Int32Array<ArrayBuffer> {
  return new Int32Array(length);
}

export function allocateInt64(length: number): BigInt64Array<ArrayBuffer> {
  return new BigInt64Array(length);
}

export function allocateFloat64(length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(length);
}

/** Validity with every row valid. */
export function allocateValidity(length: number): Uint8Array<ArrayBuffer> {
  return allocateBytes(length).fill(1);
}

/** A larger copy with room for at least `needed`, doubled so that growing costs O(1) per element; the array itself if it has room. */
export function growBytes(array: Uint8Array, needed: number): Uint8Array {
  if (needed <= array.length) return array;
  const grown = allocateBytes(nextCapacity(array.length, needed));
  grown.set(array);
  return grown;
}

export function growInt32(array: Int32Array, needed: number): Int32Array {
  if (needed <= array.length) return array;
  const grown = allocateInt32(nextCapacity(array.length, needed));
  grown.set(array);
  return grown;
}

export function growInt64(array: BigInt64Array, needed: number): BigInt64Array {
  if (needed <= array.length) return array;
  const grown = allocateInt64(nextCapacity(array.length, needed));
  grown.set(array);
  return grown;
}

export function growFloat64(array: Float64Array, needed: number): Float64Array {
  if (needed <= array.length) return array;
  const grown = allocateFloat64(nextCapacity(array.length, needed));
  grown.set(array);
  return grown;
}

function nextCapacity(length: number, needed: number): number {
  return Math.max(16, needed, 2 * length);
}

/** Offsets are int32: a column holds less than 2 GiB of bytes, or 2^31 elements. */
export function requireInt32Total(total: number): number {
  if (total <= 0x7fffffff) return total;
  throw new FormatError(
    "COLUMN_TOO_LARGE",
    `A column of one chunk would need ${total} bytes or elements; the limit is 2^31 - 1.`,
    {
      hint: "Read fewer rows per trigger, or smaller values.",
    },
  );
}

/** A 64-bit array as pairs of int32, low half first: kernels copy and compare 64-bit values without making a bigint. */
export function int32Halves(values: BigInt64Array | Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}
