import type { OffsetRecord } from "../checkpoint/records.js";
import type { SourcePosition } from "./query-position.js";

/** Where a run begins. */
export interface StartingPoint {
  /** Number of its first trigger. */
  readonly batch: number;
  /** Of the newest trigger before it; 0 when there was none. Time does not go back below it. */
  readonly chosenAtMs: number;
  /** By source, in plan order; null: at its own beginning. */
  readonly sources: readonly (SourcePosition | null)[];
  /** The first trigger has been defined by an earlier run, which did not finish it. */
  readonly unfinished: OffsetRecord | null;
  /** An earlier run has been drained: no row may follow. */
  readonly isDrained: boolean;
}

/** A query that nothing is known of. */
export function freshStart(sources: number): StartingPoint {
  return { batch: 0, chosenAtMs: 0, sources: new Array<null>(sources).fill(null), unfinished: null, isDrained: false };
}
