import { growInt32, nextCapacity } from "./grow.js";

const NONE = -1;

/** Where a new slot goes: under a leaf (-1: it is the first), between its neighbours in the order (-1: none). */
export interface SlotPlace {
  readonly parent: number;
  readonly before: number;
  readonly after: number;
}

/**
 * Per group the slots of its rows in their order. One treap per group in shared arrays gives the place, a list through
 * it the order. The priority of a slot is a mix of its id, so that the shape depends on nothing but the ids that are in.
 */
export class SlotTrees {
  // By slot.
  #parent = new Int32Array(0);
  #left = new Int32Array(0);
  #right = new Int32Array(0);
  #before = new Int32Array(0);
  #after = new Int32Array(0);
  // By group.
  #root = new Int32Array(0);
  #head = new Int32Array(0);
  #tail = new Int32Array(0);

  get bytes(): number {
    return this.#parent.byteLength * 5 + this.#root.byteLength * 3;
  }

  growSlots(capacity: number): void {
    this.#parent = growInt32(this.#parent, capacity);
    this.#left = growInt32(this.#left, capacity);
    this.#right = growInt32(this.#right, capacity);
    this.#before = growInt32(this.#before, capacity);
    this.#after = growInt32(this.#after, capacity);
  }

  /** Makes room for groups below `capacity`. */
  growGroups(capacity: number): void {
    if (this.#root.length >= capacity) return;
    const room = nextCapacity(this.#root.length, capacity);
    this.#root = growInt32(this.#root, room, NONE);
    this.#head = growInt32(this.#head, room, NONE);
    this.#tail = growInt32(this.#tail, room, NONE);
  }

  root(group: number): number {
    return this.#root[group];
  }

  left(slot: number): number {
    return this.#left[slot];
  }

  right(slot: number): number {
    return this.#right[slot];
  }

  first(group: number): number {
    return this.#head[group];
  }

  last(group: number): number {
    return this.#tail[group];
  }

  before(slot: number): number {
    return this.#before[slot];
  }

  after(slot: number): number {
    return this.#after[slot];
  }

  insert(slot: number, group: number, { parent, before, after }: SlotPlace): void {
    this.#before[slot] = before;
    this.#after[slot] = after;
    if (before === NONE) this.#head[group] = slot;
    else this.#after[before] = slot;
    if (after === NONE) this.#tail[group] = slot;
    else this.#before[after] = slot;
    this.#hang(slot, group, { parent, isRight: before === parent });
  }

  remove(slot: number, group: number): void {
    this.#unhang(slot, group);
    const before = this.#before[slot];
    const after = this.#after[slot];
    if (before === NONE) this.#head[group] = after;
    else this.#after[before] = after;
    if (after === NONE) this.#tail[group] = before;
    else this.#before[after] = before;
  }

  clear(group: number): void {
    this.#root[group] = NONE;
    this.#head[group] = NONE;
    this.#tail[group] = NONE;
  }

  /** Hangs a new slot under a leaf, then lets it rise to where its priority belongs. */
  #hang(slot: number, group: number, { parent, isRight }: { parent: number; isRight: boolean }): void {
    this.#left[slot] = NONE;
    this.#right[slot] = NONE;
    this.#parent[slot] = parent;
    if (parent === NONE) this.#root[group] = slot;
    else if (isRight) this.#right[parent] = slot;
    else this.#left[parent] = slot;
    while (this.#parent[slot] !== NONE && priority(this.#parent[slot]) < priority(slot)) this.#rise(slot, group);
  }

  /** Lets a slot sink until it is a leaf, then cuts it off. */
  #unhang(slot: number, group: number): void {
    for (;;) {
      const left = this.#left[slot];
      const right = this.#right[slot];
      if (left === NONE && right === NONE) break;
      const isLeft = right === NONE || (left !== NONE && priority(left) > priority(right));
      this.#rise(isLeft ? left : right, group);
    }
    this.#replaceChild(this.#parent[slot], group, { child: slot, by: NONE });
  }

  /** Rotates a slot above its parent; the order stays. */
  #rise(slot: number, group: number): void {
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
    this.#replaceChild(above, group, { child: parent, by: slot });
  }

  #adopt(parent: number, side: Int32Array, child: number): void {
    side[parent] = child;
    if (child !== NONE) this.#parent[child] = parent;
  }

  #replaceChild(parent: number, group: number, { child, by }: { child: number; by: number }): void {
    if (parent === NONE) this.#root[group] = by;
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
