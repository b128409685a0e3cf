import { allocateBytes } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { ALL_VALID, countedValidity, type Validity } from "../../columnar/validity.js";

/** Validity of a function that is NULL where any argument is; null when that is every row. */
export function argumentValidity(columns: readonly Column[], length: number): Validity | null {
  let validity: Uint8Array | null = null;
  let nullCount = 0;
  let isShared = true;
  for (const column of columns) {
    if (column.layout === "null") return null;
    if (column.validity === null || column.nullCount === 0) continue;
    if (column.nullCount === length) return null;
    if (validity === null) {
      validity = column.validity;
      nullCount = column.nullCount;
      continue;
    }
    if (isShared) validity = copyOf(validity, length);
    isShared = false;
    const other = column.validity;
    for (let i = 0; i < length; i++) validity[i] &= other[i];
  }
  if (validity === null) return ALL_VALID;
  return isShared ? { validity, nullCount } : countedValidity(validity, length);
}

function copyOf(validity: Uint8Array, length: number): Uint8Array {
  const copy = allocateBytes(length);
  copy.set(validity.subarray(0, length));
  return copy;
}
