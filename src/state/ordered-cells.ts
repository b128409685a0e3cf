import type { Column } from "../columnar/column.js";
import { isNullAt, type RowOrder } from "../columnar/compare.js";
import type { DataType } from "../types/data-type.js";
import { growBytes } from "./grow.js";
import { createValueStore, type ValueStore } from "./value-store.js";

/** One column of rows kept by slot, NULLs included, with the order its values sort in. */
export class OrderedCells {
  readonly #type: DataType;
  readonly #store: ValueStore;
  readonly #sign: 1 | -1;
  /** What comparing a NULL with a value gives. */
  readonly #nullSide: 1 | -1;
  #isSet = new Uint8Array(0);

  constructor(type: DataType, order: RowOrder) {
    this.#type = type;
    this.#store = createValueStore(type);
    this.#sign = order.descending ? -1 : 1;
    this.#nullSide = order.nullsFirst ? -1 : 1;
  }

  get bytes(): number {
    return this.#store.bytes + this.#isSet.byteLength;
  }

  grow(capacity: number): void {
    this.#store.grow(capacity);
    if (this.#isSet.length < capacity) this.#isSet = growBytes(this.#isSet, capacity);
  }

  set(slot: number, column: Column, row: number): void {
    if (isNullAt(column, row)) return;
    this.#store.set(slot, column, row);
    this.#isSet[slot] = 1;
  }

  free(slot: number): void {
    if (this.#isSet[slot] === 1) this.#store.free(slot);
    this.#isSet[slot] = 0;
  }

  /** < 0 when the slot's value stands before row `row`. */
  compareTo(slot: number, column: Column, row: number): number {
    const isNull = isNullAt(column, row);
    if (this.#isSet[slot] === 0) return isNull ? 0 : this.#nullSide;
    if (isNull) return -this.#nullSide;
    return this.#sign * this.#store.compareTo(slot, column, row);
  }

  column(slots: Int32Array, count: number): Column {
    let validity: Uint8Array | null = null;
    let nullCount = 0;
    for (let i = 0; i < count; i++) {
      if (this.#isSet[slots[i]] === 1) continue;
      validity ??= new Uint8Array(count).fill(1);
      validity[i] = 0;
      nullCount++;
    }
    if (nullCount === count) return { layout: "null", type: this.#type, length: count, nullCount, validity: null };
    return this.#store.column({ slots, count, validity, nullCount });
  }
}
