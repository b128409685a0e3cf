import type { Column } from "../columnar/column.js";
import { columnBuilder } from "../columnar/column-builder.js";
import type { DataType } from "../types/data-type.js";
import { ByteWriter } from "./byte-writer.js";
import { BytesStore, compareBytes } from "./bytes-store.js";
import { encodeValue, OrderedReader } from "./order-codec.js";
import type { SlotRange, ValueStore } from "./value-store.js";

/** Lists and structs, one per slot, as bytes in the values' own order. */
export class EncodedStore implements ValueStore {
  readonly #type: DataType;
  readonly #store: BytesStore;
  readonly #writer = new ByteWriter();

  constructor(type: DataType) {
    this.#type = type;
    this.#store = new BytesStore(type);
  }

  get bytes(): number {
    return this.#store.bytes;
  }

  grow(capacity: number): void {
    this.#store.grow(capacity);
  }

  set(slot: number, column: Column, row: number): void {
    this.#store.setBytes(slot, this.#encode(column, row));
  }

  move(into: number, from: number): void {
    this.#store.move(into, from);
  }

  free(slot: number): void {
    this.#store.free(slot);
  }

  compare(slot: number, other: number): number {
    return this.#store.compare(slot, other);
  }

  compareTo(slot: number, column: Column, row: number): number {
    return compareBytes(this.#store.bytesOf(slot), this.#encode(column, row));
  }

  column({ slots, count, validity }: SlotRange): Column {
    const builder = columnBuilder(this.#type, count);
    for (let i = 0; i < count; i++) {
      if (validity !== null && validity[i] === 0) builder.appendNull();
      else builder.append(this.#read(slots[i]));
    }
    return builder.finish();
  }

  #read(slot: number): unknown {
    return new OrderedReader(this.#store.bytesOf(slot), 0).read(this.#type);
  }

  #encode(column: Column, row: number): Uint8Array {
    this.#writer.length = 0;
    encodeValue(column, row, this.#writer);
    return this.#writer.bytes.subarray(0, this.#writer.length);
  }
}
