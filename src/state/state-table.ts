import type { Column } from "../columnar/column.js";
import type { FreedSlots } from "./free-slots.js";
import type { StateContent } from "./state-rows.js";

/**
 * What every stateful operator keeps its keys in: keys -> dense group ids, in bulk.
 * Ids are handed out in insertion order, freed ids first (last freed, first used): deterministic.
 * Identity is the key itself, never its hash: NULL = NULL, NaN = NaN, -0 = +0; dictionary and plain text of equal bytes are equal.
 */
export interface KeyTable {
  /** Live keys. */
  readonly size: number;
  /** Ids are < capacity; accumulators sized by it. Grows only in `probe`. */
  readonly capacity: number;
  readonly bytes: number;
  /**
   * Writes into out[i] the group id of the i-th SELECTED row of the key columns (i-th entry of sel, or row i), inserting keys that are new.
   * Returns how many keys were inserted; nothing tells an inserted id from another (a fresh group has no rows yet).
   */
  probe(keys: readonly Column[], sel: Int32Array | null, count: number, out: Int32Array): number;
  /** Like probe, -1 for a key that is not there; inserts nothing. */
  find(keys: readonly Column[], sel: Int32Array | null, count: number, out: Int32Array): void;
  /** The key columns of these groups, in this order. */
  keysOf(groups: Int32Array, count: number): readonly Column[];
  /** Forgets these keys and frees their ids. */
  release(groups: Int32Array, count: number): void;
  /** Does the id stand for a key? */
  isLive(group: number): boolean;
  /** The live ids, ascending. */
  liveGroups(): Int32Array;
  /** What has become of the ids since the last capture ('delta'), or of all of them ('snapshot'). */
  captureIds(kind: "delta" | "snapshot"): FreedSlots;
  /**
   * Puts back what was captured: forgets the keys of the freed ids, and gives the slots the keys that are the first of
   * the columns, whatever key they had. Ids are handed out afterwards as by the table that was captured.
   */
  restore(content: StateContent): void;
}
