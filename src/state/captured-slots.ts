import type { ChangedSlots } from "./changed-slots.js";
import type { FreedSlots } from "./free-slots.js";
import type { KeyTable } from "./state-table.js";

/** Who hands out the slots of a state table. */
export interface SlotOwner {
  isLive(slot: number): boolean;
  /** Ascending. */
  liveSlots(): Int32Array;
  /** What has been given back since the last capture. */
  capture(): FreedSlots;
  /** All that is free. */
  captureAll(): FreedSlots;
}

/** What one capture is about. */
export interface CapturedSlots {
  /** Live slots: those that changed, or for a snapshot all, ascending. */
  readonly slots: Int32Array;
  readonly freed: FreedSlots;
}

/** The next delta begins here. null: nothing has changed since the last capture. */
export function captureSlots(
  kind: "delta" | "snapshot",
  changed: ChangedSlots | null,
  owner: SlotOwner,
): CapturedSlots | null {
  if (kind === "snapshot") {
    changed?.clear();
    return { slots: owner.liveSlots(), freed: owner.captureAll() };
  }
  const noted = changed === null ? new Int32Array(0) : changed.take((slot) => owner.isLive(slot));
  const freed = owner.capture();
  // A slot that was taken since the last capture is either live, and noted, or has been given back.
  return noted.length === 0 && freed.given.length === 0 ? null : { slots: noted, freed };
}

/** The ids of a table's keys as slots. */
export function slotsOfKeys(table: KeyTable): SlotOwner {
  return {
    isLive: (slot) => table.isLive(slot),
    liveSlots: () => table.liveGroups(),
    capture: () => table.captureIds("delta"),
    captureAll: () => table.captureIds("snapshot"),
  };
}
