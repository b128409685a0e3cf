import { growBytes, nextCapacity } from "./grow.js";
import { Int32List } from "./int32-list.js";

/** What has happened to the free list since it was last captured. */
export interface FreedSlots {
  /** The list was used up down to this length. */
  readonly depth: number;
  /** What was given back above it, in order. */
  readonly given: Int32Array;
  /** First slot never used. */
  readonly next: number;
}

/**
 * Hands out dense slots: one that was given back (the last first), else the next never used. The order is part of a
 * checkpoint, because slots decide the order of output.
 */
export class FreeSlots {
  readonly #free = new Int32List();
  /** 1 = on the list; shorter than the slots are many. */
  #isFree = new Uint8Array(0);
  #next = 0;
  /** Least length of the list since the last capture. */
  #depth = 0;

  /** Slots in use. */
  get live(): number {
    return this.#next - this.#free.length;
  }

  /** Slots are below this. */
  get next(): number {
    return this.#next;
  }

  get bytes(): number {
    return this.#free.items.byteLength + this.#isFree.byteLength;
  }

  isLive(slot: number): boolean {
    return slot < this.#next && (slot >= this.#isFree.length || this.#isFree[slot] === 0);
  }

  /** The slots in use, ascending. */
  liveSlots(): Int32Array {
    const live = new Int32Array(this.live);
    for (let slot = 0, count = 0; slot < this.#next; slot++) if (this.isLive(slot)) live[count++] = slot;
    return live;
  }

  take(): number {
    if (this.#free.length === 0) return this.#next++;
    const slot = this.#free.items[--this.#free.length];
    if (this.#free.length < this.#depth) this.#depth = this.#free.length;
    this.#isFree[slot] = 0;
    return slot;
  }

  give(slot: number): void {
    this.#free.push(slot);
    if (slot >= this.#isFree.length) this.#isFree = growBytes(this.#isFree, nextCapacity(64, slot + 1));
    this.#isFree[slot] = 1;
  }

  /** What a delta needs, since the last capture. */
  capture(): FreedSlots {
    return this.#captureFrom(this.#depth);
  }

  /** What a snapshot needs: the whole list. */
  captureAll(): FreedSlots {
    return this.#captureFrom(0);
  }

  restore({ depth, given, next }: FreedSlots): void {
    while (this.#free.length > depth) this.#isFree[this.#free.items[--this.#free.length]] = 0;
    for (const slot of given) this.give(slot);
    this.#next = next;
    this.#depth = this.#free.length;
  }

  #captureFrom(depth: number): FreedSlots {
    const { items, length } = this.#free;
    this.#depth = length;
    return { depth, given: items.slice(depth, length), next: this.#next };
  }
}
