import type { Column } from "../columnar/column.js";
import type { RowOrder } from "../columnar/compare.js";
import type { DataType } from "../types/data-type.js";
import { growInt32, nextCapacity } from "./grow.js";
import { Int32List } from "./int32-list.js";
import { OrderedCells } from "./ordered-cells.js";

const NONE = -1;
/** The engine's own order. */
const NATURAL: RowOrder = { descending: false, nullsFirst: true };

/**
 * Per group an ordered multiset of whole rows. A row is a slot with a weight; its place is found, taken and given back in
 * O(log n), the first and the next are O(1). Slots stay valid, and readable, until `sweep`, even when their weight has
 * come down to 0, so that an owner can tell at the end of a trigger which rows went.
 *
 * One treap per group in shared arrays gives the place, a list through it the order. The priority of a slot is a mix of
 * its id, so that the shape depends on nothing but the history of ids.
 * A weight below 0 can stand between the changes of one trigger; such rows count as absent.
 */
export class OrderedRows {
  readonly #cells: readonly OrderedCells[];
  readonly #free = new Int32List();
  readonly #faded = new Int32List();
  #bound: readonly Column[] = [];
  #nextSlot = 0;
  // By slot. #group is NONE for a slot that is not in use.
  #weights = new Int32Array(0);
  #tags = new Int32Array(0);
  #group = new Int32Array(0);
  #parent = new Int32Array(0);
  #left = new Int32Array(0);
  #right = new Int32Array(0);
  #before = new Int32Array(0);
  #after = new Int32Array(0);
  // By group.
  #root = new Int32Array(0);
  #head = new Int32Array(0);
  #tail = new Int32Array(0);

  /** `orders` by column, compared one after the other; missing ones are the natural order. */
  constructor(types: readonly DataType[], orders: readonly RowOrder[] = []) {
    this.#cells = types.map((type, index) => new OrderedCells(type, index < orders.length ? orders[index] : NATURAL));
  }

  /** Different rows kept, those of weight 0 included until `sweep`. */
  get size(): number {
    return this.#nextSlot - this.#free.length;
  }

  get bytes(): number {
    const bySlot = this.#weights.byteLength * 8;
    return this.#cells.reduce((sum, cells) => sum + cells.bytes, bySlot + this.#root.byteLength * 3);
  }

  /** The columns whose rows `add` and `compareTo` mean from here on. */
  bind(columns: readonly Column[]): void {
    this.#bound = columns;
  }

  /** Makes room for groups below `capacity`. */
  growGroups(capacity: number): void {
    if (this.#root.length >= capacity) return;
    const room = nextCapacity(this.#root.length, capacity);
    this.#root = growInt32(this.#root, room, NONE);
    this.#head = growInt32(this.#head, room, NONE);
    this.#tail = growInt32(this.#tail, room, NONE);
  }

  /** Adds the weight of a bound row to its group; returns the row's slot. */
  add(group: number, row: number, weight: number): number {
    let at = this.#root[group];
    let parent = NONE;
    let before = NONE;
    let after = NONE;
    while (at !== NONE) {
      const side = this.compareTo(at, row);
      if (side === 0) return this.changeWeight(at, weight);
      parent = at;
      if (side < 0) before = at;
      else after = at;
      at = side < 0 ? this.#right[at] : this.#left[at];
    }
    const slot = this.#newSlot(group, row, weight);
    this.#link(slot, before, after);
    this.#hang(slot, parent, before === parent);
    return slot;
  }

  changeWeight(slot: number, change: number): number {
    this.#weights[slot] += change;
    if (this.#weights[slot] === 0) this.#faded.push(slot);
    return slot;
  }

  /** < 0 when the slot's row stands before the bound row, 0 when they are equal. */
  compareTo(slot: number, row: number): number {
    for (let i = 0; i < this.#cells.length; i++) {
      const side = this.#cells[i].compareTo(slot, this.#bound[i], row);
      if (side !== 0) return side;
    }
    return 0;
  }

  /** Slot of the first row of positive weight, or -1. */
  first(group: number): number {
    return this.#present(this.#head[group], this.#after);
  }

  last(group: number): number {
    return this.#present(this.#tail[group], this.#before);
  }

  /** Slot of the next row of positive weight, or -1. */
  next(slot: number): number {
    return this.#present(this.#after[slot], this.#after);
  }

  /** Slot of the next row, whatever its weight; from -1 the group's first. */
  nextSlot(group: number, slot: number): number {
    return slot === NONE ? this.#head[group] : this.#after[slot];
  }

  weightOf(slot: number): number {
    return this.#weights[slot];
  }

  /** A number that the owner keeps beside the row, 0 at first. */
  tagOf(slot: number): number {
    return this.#tags[slot];
  }

  setTag(slot: number, tag: number): void {
    this.#tags[slot] = tag;
  }

  /** The rows of slots, one column per type. */
  rows(slots: Int32Array, count: number): readonly Column[] {
    return this.#cells.map((cells) => cells.column(slots, count));
  }

  /** Forgets a row at once. */
  discard(slot: number): void {
    this.#unhang(slot);
    this.#unlink(slot);
    this.#release(slot);
  }

  /** Forgets the rows whose weight came down to 0. */
  sweep(): void {
    const { items, length } = this.#faded;
    for (let i = 0; i < length; i++) {
      if (this.#group[items[i]] !== NONE && this.#weights[items[i]] === 0) this.discard(items[i]);
    }
    this.#faded.clear();
  }

  releaseGroup(group: number): void {
    for (let slot = this.#head[group]; slot !== NONE; ) {
      const after = this.#after[slot];
      this.#release(slot);
      slot = after;
    }
    this.#root[group] = NONE;
    this.#head[group] = NONE;
    this.#tail[group] = NONE;
  }

  #present(slot: number, onward: Int32Array): number {
    let at = slot;
    while (at !== NONE && this.#weights[at] <= 0) at = onward[at];
    return at;
  }

  #newSlot(group: number, row: number, weight: number): number {
    const slot = this.#free.length > 0 ? this.#free.items[--this.#free.length] : this.#nextSlot++;
    this.#growSlots(slot + 1);
    for (let i = 0; i < this.#cells.length; i++) this.#cells[i].set(slot, this.#bound[i], row);
    this.#weights[slot] = weight;
    this.#tags[slot] = 0;
    this.#group[slot] = group;
    return slot;
  }

  #release(slot: number): void {
    for (const cells of this.#cells) cells.free(slot);
    this.#group[slot] = NONE;
    this.#free.push(slot);
  }

  #growSlots(needed: number): void {
    if (this.#weights.length >= needed) return;
    const capacity = nextCapacity(this.#weights.length, needed);
    for (const cells of this.#cells) cells.grow(capacity);
    this.#weights = growInt32(this.#weights, capacity);
    this.#tags = growInt32(this.#tags, capacity);
    this.#group = growInt32(this.#group, capacity, NONE);
    this.#parent = growInt32(this.#parent, capacity);
    this.#left = growInt32(this.#left, capacity);
    this.#right = growInt32(this.#right, capacity);
    this.#before = growInt32(this.#before, capacity);
    this.#after = growInt32(this.#after, capacity);
  }

  #link(slot: number, before: number, after: number): void {
    this.#before[slot] = before;
    this.#after[slot] = after;
    if (before === NONE) this.#head[this.#group[slot]] = slot;
    else this.#after[before] = slot;
    if (after === NONE) this.#tail[this.#group[slot]] = slot;
    else this.#before[after] = slot;
  }

  #unlink(slot: number): void {
    const before = this.#before[slot];
    const after = this.#after[slot];
    if (before === NONE) this.#head[this.#group[slot]] = after;
    else this.#after[before] = after;
    if (after === NONE) this.#tail[this.#group[slot]] = before;
    else this.#before[after] = before;
  }

  /** Hangs a new slot under a leaf, then lets it rise to where its priority belongs. */
  #hang(slot: number, parent: number, isRight: boolean): void {
    this.#left[slot] = NONE;
    this.#right[slot] = NONE;
    this.#parent[slot] = parent;
    if (parent === NONE) this.#root[this.#group[slot]] = slot;
    else if (isRight) this.#right[parent] = slot;
    else this.#left[parent] = slot;
    while (this.#parent[slot] !== NONE && priority(this.#parent[slot]) < priority(slot)) this.#rise(slot);
  }

  /** Lets a slot sink until it is a leaf, then cuts it off. */
  #unhang(slot: number): void {
    for (;;) {
      const left = this.#left[slot];
      const right = this.#right[slot];
      if (left === NONE && right === NONE) break;
      const isLeft = right === NONE || (left !== NONE && priority(left) > priority(right));
      this.#rise(isLeft ? left : right);
    }
    this.#replaceChild(this.#parent[slot], slot, NONE);
  }

  /** Rotates a slot above its parent; the order stays. */
  #rise(slot: number): void {
    const parent = this.#parent[slot];
    const above = this.#parent[parent];
    if (this.#left[parent] === slot) {
      this.#adopt(parent, this.#left, this.#right[slot]);
      this.#right[slot] = parent;
    } else {
      this.#adopt(parent, this.#right, this.#left[slot]);
      this.#left[slot] = parent;
    }
    this.#parent[parent] = slot;
    this.#parent[slot] = above;
    this.#replaceChild(above, parent, slot);
  }

  #adopt(parent: number, side: Int32Array, child: number): void {
    side[parent] = child;
    if (child !== NONE) this.#parent[child] = parent;
  }

  #replaceChild(parent: number, child: number, by: number): void {
    if (parent === NONE) this.#root[this.#group[child]] = by;
    else if (this.#left[parent] === child) this.#left[parent] = by;
    else this.#right[parent] = by;
  }
}

/** Distinct for distinct slots: every step can be undone. */
function priority(slot: number): number {
  let mixed = Math.imul(slot ^ (slot >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
