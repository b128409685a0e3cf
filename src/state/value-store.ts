import type { Column } from "../columnar/column.js";
import type { DataType } from "../types/data-type.js";
import { BytesStore } from "./bytes-store.js";
import { EncodedStore } from "./encoded-store.js";
import { Int64Store } from "./int64-store.js";
import { NumberStore } from "./number-store.js";

/**
 * One non-NULL value of a type per slot. Order: the engine's own (NaN greatest, -0 = +0, text by bytes, lists and
 * structs member by member, NULL members first). What nobody checks: that a slot read was set since it was freed.
 */
export interface ValueStore {
  readonly bytes: number;
  /** Called before a slot >= the old capacity is used. */
  grow(capacity: number): void;
  /** Copies row `row`, which is not NULL, into the slot. */
  set(slot: number, column: Column, row: number): void;
  move(into: number, from: number): void;
  free(slot: number): void;
  /** < 0, 0 or > 0: how the values of two slots compare. */
  compare(slot: number, other: number): number;
  /** How the slot's value compares with row `row`, which is not NULL. */
  compareTo(slot: number, column: Column, row: number): number;
  /** The values of these slots; positions where validity is 0 are not read. */
  column(slots: SlotRange): Column;
}

export interface SlotRange {
  readonly slots: Int32Array;
  readonly count: number;
  readonly validity: Uint8Array | null;
  readonly nullCount: number;
}

export function createValueStore(type: DataType): ValueStore {
  switch (type.kind) {
    case "bool":
    case "int32":
    case "date":
    case "float64":
      return new NumberStore(type);
    case "int64":
    case "timestamp":
      return new Int64Store(type);
    case "utf8":
    case "binary":
      return new BytesStore(type);
    default:
      return new EncodedStore(type);
  }
}
