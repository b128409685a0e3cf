import type { Chunk } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";

/** The selected rows of a chunk by the sign of their weight. */
export interface SignedRows {
  readonly deletes: Int32Array;
  readonly inserts: Int32Array;
}

export function signedRows(chunk: Chunk): SignedRows {
  const { sel, weights } = chunk;
  const count = selectedCount(chunk);
  const deletes = new Int32Array(weights === null ? 0 : count);
  const inserts = new Int32Array(count);
  let gone = 0;
  let come = 0;
  for (let i = 0; i < count; i++) {
    const row = sel === null ? i : sel[i];
    if (weights !== null && weights[row] < 0) deletes[gone++] = row;
    else inserts[come++] = row;
  }
  return { deletes: deletes.subarray(0, gone), inserts: inserts.subarray(0, come) };
}

export function hasDeletes(chunk: Chunk): boolean {
  const { sel, weights } = chunk;
  if (weights === null) return false;
  const count = selectedCount(chunk);
  for (let i = 0; i < count; i++) if (weights[sel === null ? i : sel[i]] < 0) return true;
  return false;
}
