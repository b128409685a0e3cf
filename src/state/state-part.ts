import type { Column } from "../columnar/column.js";
import type { Schema } from "../types/data-type.js";

/** Ordinals of the columns that every state table begins with. */
export const SLOT_COLUMN = "_slot";
export const REMOVED_COLUMN = "_removed";

/**
 * Rows of one state table, as a checkpoint keeps them: `_slot` (int32), `_removed` (bool), then the table's own columns.
 * A row that is not removed is what its slot holds now. A removed row (own columns NULL) is a slot that is free.
 *
 * Slots and free lists are part of the state, because ids decide the order of output: after a restart the same input
 * must give the same bytes. Removed rows stand in the order in which their slots were given back, so that `values`
 * "freeDepth" (the length down to which the free list was used up) and they rebuild the list: cut it to freeDepth, then
 * append them. A snapshot has freeDepth 0 and the whole free list as removed rows. "nextSlot" is the first slot never used.
 */
export interface StateRows {
  readonly schema: Schema;
  readonly columns: readonly Column[];
  readonly length: number;
  /** The same rows in parts, where those are written in less time and room. */
  readonly parts?: readonly StateRowsPart[];
  /** Small facts beside the rows, numbers as decimal text. */
  readonly values: Readonly<Record<string, string>>;
}

export interface StateRowsPart {
  readonly columns: readonly Column[];
  readonly length: number;
}

/**
 * One table of an operator's state. What must hold: after `restore(snapshot)` and `restore` of every later delta in
 * order, the operator gives for every later input the same output, byte for byte, and the same captures, as the one that
 * was captured. Captures are taken between triggers. Nothing is tracked unless the operator was made `durable`.
 */
export interface StatePart {
  /** Unique within its operator, fit for a file name and stable over versions: "groups", "values-2". */
  readonly name: string;
  readonly schema: Schema;
  /**
   * 'delta': what changed since the last capture of either kind; null when nothing did. 'snapshot': everything. Columns may
   * make their values when they are read, from what is there then: they are read before the operator's next trigger.
   */
  capture(kind: "delta" | "snapshot"): StateRows | null;
  /** Called on a fresh part, before its operator's first trigger. */
  restore(rows: StateRows): void;
}
