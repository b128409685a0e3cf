import type { Column } from "../../columnar/column.js";
import { captureSlots } from "../../state/captured-slots.js";
import type { ChangedSlots } from "../../state/changed-slots.js";
import { INT32, int32sOf, int64sOf } from "../../state/slot-columns.js";
import type { StatePart, StateRows } from "../../state/state-part.js";
import { readStateRows, stateRowsOf, stateSchema } from "../../state/state-rows.js";
import type { Field, Schema } from "../../types/data-type.js";
import type { AccumulatorSet } from "./accumulator-set.js";
import type { SessionStore } from "./session-store.js";

export interface SessionTable {
  readonly store: SessionStore;
  readonly accumulators: AccumulatorSet;
  readonly changed: ChangedSlots | null;
  /** Start and end. */
  readonly timeFields: readonly Field[];
  times(slots: Int32Array, count: number): readonly Column[];
  /** These sessions do not wait for a bound any more. */
  left(slots: Int32Array): void;
  /** Makes room for all slots of the store; these sessions wait for their bound from here on. */
  came(slots: Int32Array): void;
}

const KEY: Field = { name: "_key", type: INT32, nullable: false };

/** Sessions as state: a row per session with its key's group, its times, and what its accumulators hold. Restored after the keys. */
export class SessionTablePart implements StatePart {
  readonly name = "sessions";
  readonly schema: Schema;
  readonly #table: SessionTable;

  constructor(table: SessionTable) {
    this.#table = table;
    this.schema = stateSchema([KEY, ...table.timeFields, ...table.accumulators.fields]);
  }

  capture(kind: "delta" | "snapshot"): StateRows | null {
    const { store, changed, accumulators } = this.#table;
    const captured = captureSlots(kind, changed, store.slots);
    if (captured === null) return null;
    const { slots, freed } = captured;
    const keys: Column = {
      layout: "int32",
      type: INT32,
      length: slots.length,
      nullCount: 0,
      validity: null,
      values: slots.map((slot) => store.keyOf(slot)),
    };
    const columns = [keys, ...this.#table.times(slots, slots.length), ...accumulators.save(slots)];
    return stateRowsOf(this.schema, { slots, columns, freed });
  }

  restore(rows: StateRows): void {
    const { store, accumulators, left, came } = this.#table;
    const { slots, columns, freed } = readStateRows(rows);
    const isKnown = (slot: number): boolean => store.slots.isLive(slot);
    const gone = freed.given.filter(isKnown);
    const known = Int32Array.from([...gone, ...slots.filter(isKnown)]);
    left(known);
    store.vacate(known);
    accumulators.forget(gone);
    store.slots.restore(freed);
    const [keys, starts, ends, ...states] = columns;
    store.restore(slots, int32sOf(keys), { starts: int64sOf(starts), ends: int64sOf(ends) });
    came(slots);
    accumulators.load(slots, states);
  }
}
