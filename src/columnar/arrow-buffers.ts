import { FormatError } from "../common/millrace-error.js";
import type { ArrowDataShape } from "./arrow-shape.js";
import { unpackBits } from "./bitmap.js";
import { allocateBytes, allocateInt32 } from "./buffers.js";
import { countedValidity, type Validity } from "./validity.js";

/**
 * The first `byteLength` bytes of an Arrow buffer, as a view where it lies aligned over a plain ArrayBuffer (other
 * classes of memory slow a kernel down for the rest of the process). Missing bytes are 0: arrays that a record batch has
 * lengthened with NULLs keep their short buffers.
 */
export function viewBytes(view: ArrayBufferView | undefined, byteLength: number, alignment: number): Uint8Array {
  if (view === undefined) return allocateBytes(byteLength);
  const { buffer, byteOffset } = view;
  if (isPlainMemory(buffer) && byteOffset % alignment === 0 && view.byteLength >= byteLength)
    return new Uint8Array(buffer, byteOffset, byteLength);
  const copy = allocateBytes(byteLength);
  copy.set(new Uint8Array(buffer, byteOffset, Math.min(byteLength, view.byteLength)));
  return copy;
}

function isPlainMemory(buffer: ArrayBufferLike): boolean {
  return (
    Object.prototype.toString.call(buffer) === "[object ArrayBuffer]" &&
    (buffer as { resizable?: boolean }).resizable !== true
  );
}

export function viewInt32(view: ArrayBufferView | undefined, length: number): Int32Array {
  const bytes = viewBytes(view, length * 4, 4);
  return new Int32Array(bytes.buffer, bytes.byteOffset, length);
}

export function viewInt64(view: ArrayBufferView | undefined, length: number): BigInt64Array {
  const bytes = viewBytes(view, length * 8, 8);
  return new BigInt64Array(bytes.buffer, bytes.byteOffset, length);
}

export function viewFloat64(view: ArrayBufferView | undefined, length: number): Float64Array {
  const bytes = viewBytes(view, length * 8, 8);
  return new Float64Array(bytes.buffer, bytes.byteOffset, length);
}

export function viewBits({ values, offset, length }: ArrowDataShape): Uint8Array {
  return unpackBits(viewBytes(values, (offset + length + 7) >> 3, 1), offset, length);
}

export function validityFromArrow({ nullBitmap, nullCount, offset, length }: ArrowDataShape): Validity {
  if (nullCount === 0 || nullBitmap === null || nullBitmap === undefined || nullBitmap.length === 0)
    return countedValidity(null, length);
  return countedValidity(unpackBits(nullBitmap, offset, length), length);
}

/**
 * length + 1 ascending offsets. An array of no rows may come without any; one that a record batch has lengthened with
 * NULLs has too few, or zeros behind the last real one.
 */
export function offsetsFromArrow(data: ArrowDataShape, validity: Uint8Array | null, path: string): Int32Array {
  const { valueOffsets, length } = data;
  const given = viewInt32(valueOffsets, length + 1);
  if (isAscending(given)) return given;
  const offsets = allocateInt32(length + 1);
  offsets[0] = given[0];
  for (let i = 0; i < length; i++) {
    const isNull = validity !== null && validity[i] === 0;
    if (!isNull) requireWithin(offsets[i], given[i + 1], path);
    offsets[i + 1] = Math.max(offsets[i], given[i + 1]);
  }
  return offsets;
}

function isAscending(offsets: Int32Array): boolean {
  let signs = offsets[0];
  for (let i = 1; i < offsets.length; i++) signs |= offsets[i] - offsets[i - 1];
  return signs >= 0;
}

/** @throws FormatError ARROW_CORRUPT when an array names bytes, elements or dictionary entries that are not there */
export function requireWithin(end: number, available: number, path: string): void {
  if (end >= 0 && end <= available) return;
  throw new FormatError("ARROW_CORRUPT", `Column '${path}' points at entry ${end} of ${available}.`);
}

/** Text and binary; bytes need no alignment. */
export function textFromArrow(
  data: ArrowDataShape,
  validity: Uint8Array | null,
  path: string,
): { offsets: Int32Array; bytes: Uint8Array } {
  const offsets = offsetsFromArrow(data, validity, path);
  const end = offsets[data.length];
  requireWithin(end, data.values?.byteLength ?? 0, path);
  return { offsets, bytes: viewBytes(data.values, end, 1) };
}
