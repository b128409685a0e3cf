import type { Schema } from "../types/data-type.js";
import type { AnalysedNode, AnalysedWatermark, ResolvedOrder } from "./analysed-node.js";
import type { OutputMode } from "./output-mode.js";
import type { SourceDescription } from "./plan-node.js";
import type { EdgeProperties } from "./properties.js";

/** Everything `start()` decides before anything is read: `planStream` makes it, execution lowers it. */
export interface StreamingPlan {
  readonly root: AnalysedNode;
  readonly mode: OutputMode;
  /** By sourceIndex, in plan order: the order in which a trigger reads them. */
  readonly sources: readonly SourceDescription[];
  /** By watermarkId. */
  readonly watermarks: readonly AnalysedWatermark[];
  readonly properties: ReadonlyMap<AnalysedNode, EdgeProperties>;
  readonly output: OutputShape;
}

/**
 * How root rows become what a sink gets. The root's columns are the visible ones followed by hidden keys
 * (DESIGN 4.3: a key that was dropped or packed stays as a hidden column to the sink).
 */
export interface OutputShape {
  readonly visible: Schema;
  /** How many leading root columns are visible; the rest is cut off before the sink. */
  readonly visibleCount: number;
  /** Root ordinals that identify a row (visible or hidden); null when the plan has no key. */
  readonly key: readonly number[] | null;
  /** Visible ordinals of the key, when all of it is visible: what a tombstone keeps. null otherwise. */
  readonly visibleKey: readonly number[] | null;
  /** The plan can delete: rows given to foreach, foreachBatch, iterables and console carry `_op`. Decided here, not by data. */
  readonly deletes: boolean;
  readonly insertOnly: boolean;
  /** Order of a complete or batch result, over root columns; empty = none. */
  readonly orders: readonly ResolvedOrder[];
}
