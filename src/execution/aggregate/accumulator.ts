import type { Column } from "../../columnar/column.js";
import type { StatePart } from "../../state/state-part.js";
import type { Field } from "../../types/data-type.js";
import type { Contributions } from "./contributions.js";

/**
 * One aggregate's state for every group, in typed arrays by group id.
 * What must hold: `finish` depends on the multiset of what was added since `clear` (first and last by arrival: on its
 * sequence numbers too), not on its order or cut; adding x with weight w and then with -w changes no later `finish`.
 * Every entry that is added has passed the aggregate's filter: no argument is NULL, `where` is true.
 */
export interface Accumulator {
  readonly bytes: number;
  /** Called before a group id >= the old capacity is used; new groups are empty. */
  grow(capacity: number): void;
  add(entries: Contributions, args: readonly Column[]): void;
  /** The same for rows of weight 1, as a part of one loop over all aggregates; absent, or null for these columns, where there is none. */
  updateStep?(args: readonly Column[]): UpdateStep | null;
  /** The results, in order of the range. May drop what is left of rounding errors in groups where nothing is present. */
  finish(range: FinishRange): Column;
  /** Makes groups empty again. */
  clear(groups: Int32Array, count: number): void;
  /** Moves everything of group `from` into group `into`; `from` is empty afterwards. Used on insert-only state. */
  merge(into: number, from: number): void;
  /** What `save` gives, in order; [] where there is no state of fixed size. */
  readonly fields: readonly Field[];
  /** The state of these groups, for a checkpoint. */
  save(groups: Int32Array): readonly Column[];
  /** Gives these groups the state that was saved, whatever theirs is. */
  load(groups: Int32Array, columns: readonly Column[]): void;
  /**
   * Called once, before anything is added, where the state will be checkpointed: refuses what cannot be, and gives the
   * tables that hold state of variable size. They are restored when there is room for the groups.
   */
  durableParts?(name: string): readonly StatePart[];
}

/**
 * What one row does to an accumulator, as code in which `g` is the row's group, `row` its number, and $0, $1, … are the
 * bindings. The code is one of few texts of ours; whatever differs between queries and chunks is bound.
 */
export interface UpdateStep {
  readonly code: string;
  /** Arrays of state and of the chunk, and functions for rare cases. */
  readonly bindings: readonly unknown[];
}

/** The groups whose results are wanted. */
export interface FinishRange {
  readonly groups: Int32Array;
  readonly count: number;
  /** By position: how many contributions (sum of weights) the group has. 0 means the result is NULL (count: 0). */
  readonly present: Float64Array;
}

/** NULLs of a result column: every position with nothing present. */
export function absentRows(range: FinishRange): { nullCount: number; validity: Uint8Array | null } {
  let validity: Uint8Array | null = null;
  let nullCount = 0;
  for (let i = 0; i < range.count; i++) {
    if (range.present[i] > 0) continue;
    validity ??= new Uint8Array(range.count).fill(1);
    validity[i] = 0;
    nullCount++;
  }
  return { nullCount, validity };
}
