import type { BytesColumn, Column } from "../columnar/column.js";
import type { DataType } from "../types/data-type.js";
import { ByteArena } from "./byte-arena.js";
import { growInt32 } from "./grow.js";
import type { SlotRange, ValueStore } from "./value-store.js";

/** A slot that holds nothing. */
const FREE = -1;

/** Texts and binaries, one per slot, in one arena. */
export class BytesStore implements ValueStore {
  readonly #type: DataType;
  readonly #arena = new ByteArena();
  #positions = new Int32Array(0);
  #lengths = new Int32Array(0);

  constructor(type: DataType) {
    this.#type = type;
  }

  get bytes(): number {
    return this.#arena.bytes + this.#positions.byteLength + this.#lengths.byteLength;
  }

  grow(capacity: number): void {
    if (this.#positions.length >= capacity) return;
    this.#positions = growInt32(this.#positions, capacity);
    this.#lengths = growInt32(this.#lengths, capacity, FREE);
  }

  set(slot: number, column: Column, row: number): void {
    const { text, index } = textAt(column, row);
    this.setBytes(slot, text.bytes.subarray(text.offsets[index], text.offsets[index + 1]));
  }

  setBytes(slot: number, bytes: Uint8Array): void {
    this.free(slot);
    if (this.#arena.isWasteful) this.#compact();
    this.#positions[slot] = this.#arena.append(bytes, 0, bytes.length);
    this.#lengths[slot] = bytes.length;
  }

  move(into: number, from: number): void {
    this.free(into);
    this.#positions[into] = this.#positions[from];
    this.#lengths[into] = this.#lengths[from];
    this.#lengths[from] = FREE;
  }

  free(slot: number): void {
    if (this.#lengths[slot] > 0) this.#arena.free(this.#lengths[slot]);
    this.#lengths[slot] = FREE;
  }

  compare(slot: number, other: number): number {
    return compareBytes(this.bytesOf(slot), this.bytesOf(other));
  }

  compareTo(slot: number, column: Column, row: number): number {
    const { text, index } = textAt(column, row);
    return compareBytes(this.bytesOf(slot), text.bytes.subarray(text.offsets[index], text.offsets[index + 1]));
  }

  /** Valid until the store changes. */
  bytesOf(slot: number): Uint8Array {
    return this.#arena.memory.subarray(this.#positions[slot], this.#positions[slot] + this.#lengths[slot]);
  }

  column({ slots, count, validity, nullCount }: SlotRange): BytesColumn {
    const offsets = new Int32Array(count + 1);
    for (let i = 0; i < count; i++) offsets[i + 1] = offsets[i] + (isNull(validity, i) ? 0 : this.#lengths[slots[i]]);
    const bytes = new Uint8Array(offsets[count]);
    for (let i = 0; i < count; i++) if (!isNull(validity, i)) bytes.set(this.bytesOf(slots[i]), offsets[i]);
    return { layout: "bytes", type: this.#type, length: count, nullCount, validity, offsets, bytes };
  }

  #compact(): void {
    const old = this.#arena.replace();
    for (let slot = 0; slot < this.#lengths.length; slot++) {
      if (this.#lengths[slot] <= 0) continue;
      const position = this.#positions[slot];
      this.#positions[slot] = this.#arena.append(old, position, position + this.#lengths[slot]);
    }
  }
}

/** Bytewise, a prefix first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

function isNull(validity: Uint8Array | null, i: number): boolean {
  return validity !== null && validity[i] === 0;
}

function textAt(column: Column, row: number): { text: BytesColumn; index: number } {
  if (column.layout === "bytes") return { text: column, index: row };
  if (column.layout === "dictionary") return { text: column.dictionary, index: column.indices[row] };
  throw new Error(`Broken invariant: text of layout ${column.layout}`);
}
