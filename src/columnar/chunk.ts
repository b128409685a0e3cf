import type { Schema } from "../types/data-type.js";
import type { Column } from "./column.js";

/**
 * A piece of a delta: at most 64k rows (16k by default) of one edge of a plan.
 *
 * Row i exists when `sel` is null, or when i is in `sel` (ascending, no repeats); `weights[i]` counts it (null = all +1).
 * `sel`, `weights` and every column are all indexed by PHYSICAL row 0..length-1; only the rows of `sel` mean anything.
 * Weights are never 0 for a selected row. `partition` names the partition of the source the rows came from, as long as
 * only linear operators touched them (null above). `rowBounds`, present only below late:'strict' filters, is the
 * watermark (microseconds) as the rows before each row had moved it, by physical row.
 */
export interface Chunk {
  readonly schema: Schema;
  readonly columns: readonly Column[];
  readonly length: number;
  readonly sel: Int32Array | null;
  readonly weights: Int32Array | null;
  readonly partition: string | null;
  readonly rowBounds: RowBounds | null;
}

/** late:'strict': the watermark of `watermarkId` in force just before each physical row. */
export interface RowBounds {
  readonly watermarkId: number;
  readonly bounds: BigInt64Array;
}

/** Rows a chunk is cut to where somebody cuts; deterministic, so that output does not depend on timing. */
export const CHUNK_ROWS = 16_384;
/** No chunk is ever longer. */
export const MAX_CHUNK_ROWS = 65_536;
