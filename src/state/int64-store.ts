import type { Column } from "../columnar/column.js";
import type { Int64Type, TimestampType } from "../types/data-type.js";
import type { SlotRange, ValueStore } from "./value-store.js";

/** int64 and timestamp values. */
export class Int64Store implements ValueStore {
  readonly #type: Int64Type | TimestampType;
  #values = new BigInt64Array(0);

  constructor(type: Int64Type | TimestampType) {
    this.#type = type;
  }

  get bytes(): number {
    return this.#values.byteLength;
  }

  grow(capacity: number): void {
    if (this.#values.length >= capacity) return;
    const grown = new BigInt64Array(capacity);
    grown.set(this.#values);
    this.#values = grown;
  }

  set(slot: number, column: Column, row: number): void {
    this.#values[slot] = int64At(column, row);
  }

  move(into: number, from: number): void {
    this.#values[into] = this.#values[from];
  }

  free(): void {}

  compare(slot: number, other: number): number {
    return compareIntegers(this.#values[slot], this.#values[other]);
  }

  compareTo(slot: number, column: Column, row: number): number {
    return compareIntegers(this.#values[slot], int64At(column, row));
  }

  column({ slots, count, validity, nullCount }: SlotRange): Column {
    const values = new BigInt64Array(count);
    for (let i = 0; i < count; i++) if (validity === null || validity[i] === 1) values[i] = this.#values[slots[i]];
    return { layout: "int64", type: this.#type, length: count, nullCount, validity, values };
  }
}

function int64At(column: Column, row: number): bigint {
  if (column.layout !== "int64") throw new Error(`Broken invariant: an int64 of layout ${column.layout}`);
  return column.values[row];
}

function compareIntegers(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
