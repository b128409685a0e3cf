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
export function viewBytes(
  view: ArrayBufferView | undefined,
  byteLength: number,
  alignment: number,
): Uint8Array<ArrayBuffer> {
  if (view === undefined) return allocateBytes(byteLength);
  if (isUsable(view, byteLength, alignment)) return new Uint8Array(view.buffer, view.byteOffset, byteLength);
  const copy = allocateBytes(byteLength);
  copy.set(new Uint8Array(view.buffer, view.byteOffset, Math.min(byteLength, view.byteLength)));
  return copy;
}

function isUsable(view: ArrayBufferView, byteLength: number, alignment: number): view is ArrayBufferView<ArrayBuffer> {
  return view.byteOffset % alignment === 0 && view.byteLength >= byteLength && isPlainMemory(view.buffer);
}

/** By name, not by class alone, because the memory may come from another realm. */
function isPlainMemory(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return (
    (buffer.constructor === ArrayBuffer || Object.prototype.toString.call(buffer) === "[object ArrayBuffer]") &&
    (buffer as { resizable?: boolean }).resizable !== true
  );
}

/** The bytes as a plain Uint8Array over a plain ArrayBuffer: a view, or a copy of shared or resizable memory. */
export function plainBytes(input: Uint8Array | ArrayBuffer): Uint8Array {
  const view = input instanceof Uint8Array ? input : new Uint8Array(input);
  return viewBytes(view, view.byteLength, 1);
}

export function viewInt32(view: ArrayBufferView | undefined, length: number): Int32Array {
  if (view !== undefined && isUsable(view, length * 4, 4)) return new Int32Array(view.buffer, view.byteOffset, length);
  const bytes = viewBytes(view, length * 4, 4);
  return new Int32Array(bytes.buffer, bytes.byteOffset, length);
}

export function viewInt64(view: ArrayBufferView | undefined, length: number): BigInt64Array {
  if (view !== undefined && isUsable(view, length * 8, 8))
    return new BigInt64Array(view.buffer, view.byteOffset, length);
  const bytes = viewBytes(view, length * 8, 8);
  return new BigInt64Array(bytes.buffer, bytes.byteOffset, length);
}

export function viewFloat64(view: ArrayBufferView | undefined, length: number): Float64Array {
  if (view !== undefined && isUsable(view, length * 8, 8))
    return new Float64Array(view.buffer, view.byteOffset, length);
  const bytes = viewBytes(view, length * 8, 8);
  return new Float64Array(bytes.buffer, bytes.byteOffset, length);
}

export type IndexArray =
  | Int8ArrayConstructor
  | Int16ArrayConstructor
  | Int32ArrayConstructor
  | BigInt64ArrayConstructor
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Uint32ArrayConstructor
  | BigUint64ArrayConstructor;

/** The whole indices in an Arrow buffer; each width of a dictionary's indices has a class of its own. */
export function viewIndices(view: Uint8Array, Indices: IndexArray): ArrayBufferView {
  const width = Indices.BYTES_PER_ELEMENT;
  const count = Math.floor(view.byteLength / width);
  const bytes = viewBytes(view, count * width, width);
  return new Indices(bytes.buffer, bytes.byteOffset, count);
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

/** And not negative: only then are differences of neighbours, as int32, true. */
function isAscending(offsets: Int32Array): boolean {
  let signs = offsets[0];
  for (let from = 1; from < offsets.length; from += BLOCK) {
    signs |= signsOfSteps(offsets, from, Math.min(from + BLOCK, offsets.length));
  }
  return signs >= 0;
}

/** Small enough that the loop is compiled as a function that is called often; one long loop would start anew in the interpreter each time. */
const BLOCK = 4096;

/** The sign bit is set where an offset, or a step to one, is below 0. */
function signsOfSteps(offsets: Int32Array, from: number, to: number): number {
  let before = offsets[from - 1];
  let signs = 0;
  for (let i = from; i < to; i++) {
    const offset = offsets[i];
    signs |= offset | (offset - before);
    before = offset;
  }
  return signs;
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
