import { allocateBytes, allocateValidity } from "./buffers.js";

/** Validity of a column and its exact count of NULLs; null validity when there are none. */
export interface Validity {
  readonly validity: Uint8Array | null;
  readonly nullCount: number;
}

export const ALL_VALID: Validity = { validity: null, nullCount: 0 };

/** Counts the NULLs in the first `length` rows; validity without any NULL becomes null. */
export function countedValidity(validity: Uint8Array | null, length: number): Validity {
  if (validity === null) return ALL_VALID;
  const nullCount = countNulls(validity, length);
  return nullCount === 0 ? ALL_VALID : { validity, nullCount };
}

function countNulls(validity: Uint8Array, length: number): number {
  let valid = 0;
  for (let i = 0; i < length; i++) valid += validity[i];
  return length - valid;
}

/** Validity of the rows at `indices`; an index of -1 is a NULL. */
export function takeValidity(validity: Uint8Array | null, indices: Int32Array, count: number): Validity {
  if (validity === null && !hasNegative(indices, count)) return ALL_VALID;
  return countedValidity(validity === null ? presentRows(indices, count) : takenRows(validity, indices, count), count);
}

export function hasNegative(indices: Int32Array, count: number): boolean {
  let signs = 0;
  for (let i = 0; i < count; i++) signs |= indices[i];
  return signs < 0;
}

function presentRows(indices: Int32Array, count: number): Uint8Array {
  const out = allocateBytes(count);
  for (let i = 0; i < count; i++) out[i] = (indices[i] >>> 31) ^ 1;
  return out;
}

function takenRows(validity: Uint8Array, indices: Int32Array, count: number): Uint8Array {
  const out = allocateBytes(count);
  for (let i = 0; i < count; i++) {
    const row = indices[i];
    out[i] = row < 0 ? 0 : validity[row];
  }
  return out;
}

/** Validity bytes of `length` rows, made when there are none; for those who set bytes in it. */
export function validityBytes(validity: Uint8Array | null, length: number): Uint8Array {
  return validity ?? allocateValidity(length);
}
