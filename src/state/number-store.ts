import type { Column } from "../columnar/column.js";
import type { BoolType, DateType, Float64Type, Int32Type } from "../types/data-type.js";
import { growFloat64 } from "./grow.js";
import type { SlotRange, ValueStore } from "./value-store.js";

/** bool, int32, date and float64 values: all of them are exact doubles. */
export class NumberStore implements ValueStore {
  readonly #type: BoolType | Int32Type | DateType | Float64Type;
  #values = new Float64Array(0);

  constructor(type: BoolType | Int32Type | DateType | Float64Type) {
    this.#type = type;
  }

  get bytes(): number {
    return this.#values.byteLength;
  }

  grow(capacity: number): void {
    if (this.#values.length < capacity) this.#values = growFloat64(this.#values, capacity);
  }

  set(slot: number, column: Column, row: number): void {
    this.#values[slot] = numberAt(column, row);
  }

  move(into: number, from: number): void {
    this.#values[into] = this.#values[from];
  }

  free(): void {}

  compare(slot: number, other: number): number {
    return compareNumbers(this.#values[slot], this.#values[other]);
  }

  compareTo(slot: number, column: Column, row: number): number {
    return compareNumbers(this.#values[slot], numberAt(column, row));
  }

  column({ slots, count, validity, nullCount }: SlotRange): Column {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) if (validity === null || validity[i] === 1) values[i] = this.#values[slots[i]];
    return numberColumn(this.#type, values, { validity, nullCount });
  }
}

/** A column of this type from doubles that hold its values. */
export function numberColumn(
  type: BoolType | Int32Type | DateType | Float64Type,
  values: Float64Array,
  nulls: { readonly validity: Uint8Array | null; readonly nullCount: number },
): Column {
  const { length } = values;
  const { nullCount, validity } = nulls;
  if (type.kind === "float64") return { layout: "float64", type, length, nullCount, validity, values };
  if (type.kind === "bool") {
    return { layout: "bool", type, length, nullCount, validity, values: Uint8Array.from(values) };
  }
  return { layout: "int32", type, length, nullCount, validity, values: Int32Array.from(values) };
}

function numberAt(column: Column, row: number): number {
  switch (column.layout) {
    case "bool":
    case "int32":
      return column.values[row];
    case "float64":
      // -0 + 0 is +0.
      return column.values[row] + 0;
    default:
      throw new Error(`Broken invariant: a number of layout ${column.layout}`);
  }
}

/** NaN equals itself and is greater than every other number. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
