import type { Chunk } from "../../columnar/chunk.js";

/**
 * What one trigger sends to a sink, in the sink's own shape: visible columns, no selection.
 * - append, complete: rows, weights null. changelog: weights in `chunk.weights`, never null, deletes before inserts.
 * - update: upserts; where `op` is not null, op[i] = 1 marks a delete of the row's key (non-key columns NULL).
 */
export interface OutputBatch {
  readonly chunk: Chunk;
  readonly op: Uint8Array | null;
}
