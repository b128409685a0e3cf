import type { Column } from "../columnar/column.js";
import type { RowOrder } from "../columnar/compare.js";
import type { DataType, Schema } from "../types/data-type.js";
import { captureSlots } from "./captured-slots.js";
import { ChangedSlots } from "./changed-slots.js";
import { FreeSlots } from "./free-slots.js";
import { growInt32, nextCapacity } from "./grow.js";
import { Int32List } from "./int32-list.js";
import { OrderedCells } from "./ordered-cells.js";
import { INT32, int32ColumnOf, int32sOf } from "./slot-columns.js";
import { SlotTrees } from "./slot-trees.js";
import type { StateRows } from "./state-part.js";
import { readStateRows, stateRowsOf, stateSchema } from "./state-rows.js";

const NONE = -1;
/** The engine's own order. */
const NATURAL: RowOrder = { descending: false, nullsFirst: true };

export interface OrderedRowsOptions {
  /** By column, compared one after the other; missing ones are the natural order. */
  readonly orders?: readonly RowOrder[];
  /** It will be captured: changes are noted. */
  readonly durable?: boolean;
}

/**
 * Per group an ordered multiset of whole rows. A row is a slot with a weight; its place is found, taken and given back in
 * O(log n), the first and the next are O(1). Slots stay valid, and readable, until `sweep`, even when their weight has
 * come down to 0, so that an owner can tell at the end of a trigger which rows went.
 *
 * A weight below 0 can stand between the changes of one trigger; such rows count as absent.
 * As state: a row per slot, with its group, weight and tag. The order is found again from the values.
 */
export class OrderedRows {
  readonly schema: Schema;
  readonly #cells: readonly OrderedCells[];
  readonly #trees = new SlotTrees();
  readonly #free = new FreeSlots();
  readonly #changed: ChangedSlots | null;
  readonly #faded = new Int32List();
  #bound: readonly Column[] = [];
  /** Where `#find` found nothing. */
  readonly #place = { parent: NONE, before: NONE, after: NONE };
  // By slot.
  #weights = new Int32Array(0);
  #tags = new Int32Array(0);
  #group = new Int32Array(0);

  constructor(types: readonly DataType[], { orders = [], durable = false }: OrderedRowsOptions = {}) {
    this.#cells = types.map((type, index) => new OrderedCells(type, index < orders.length ? orders[index] : NATURAL));
    this.#changed = durable ? new ChangedSlots() : null;
    this.schema = stateSchema([
      ...["group", "weight", "tag"].map((name) => ({ name, type: INT32, nullable: false })),
      ...types.map((type, index) => ({ name: `value${index}`, type, nullable: true })),
    ]);
  }

  /** Different rows kept, those of weight 0 included until `sweep`. */
  get size(): number {
    return this.#free.live;
  }

  get bytes(): number {
    const bySlot = this.#weights.byteLength * 3;
    return this.#cells.reduce((sum, cells) => sum + cells.bytes, bySlot + this.#trees.bytes);
  }

  /** The columns whose rows `add` and `compareTo` mean from here on. */
  bind(columns: readonly Column[]): void {
    this.#bound = columns;
  }

  /** Makes room for groups below `capacity`. */
  growGroups(capacity: number): void {
    this.#trees.growGroups(capacity);
  }

  /** Adds the weight of a bound row to its group; returns the row's slot. */
  add(group: number, row: number, weight: number): number {
    const known = this.#find(group, row);
    if (known !== NONE) return this.changeWeight(known, weight);
    const slot = this.#free.take();
    this.#growSlots(slot + 1);
    this.#insert(slot, group, row);
    this.#weights[slot] = weight;
    this.#tags[slot] = 0;
    this.#changed?.note(slot);
    return slot;
  }

  changeWeight(slot: number, change: number): number {
    this.#weights[slot] += change;
    if (this.#weights[slot] === 0) this.#faded.push(slot);
    this.#changed?.note(slot);
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
    return this.#presentFrom(this.#trees.first(group));
  }

  /** Slot of the last row of positive weight, or -1. */
  last(group: number): number {
    let at = this.#trees.last(group);
    while (at !== NONE && this.#weights[at] <= 0) at = this.#trees.before(at);
    return at;
  }

  /** Slot of the next row of positive weight, or -1. */
  next(slot: number): number {
    return this.#presentFrom(this.#trees.after(slot));
  }

  /** Slot of the next row, whatever its weight; from -1 the group's first. */
  nextSlot(group: number, slot: number): number {
    return slot === NONE ? this.#trees.first(group) : this.#trees.after(slot);
  }

  weightOf(slot: number): number {
    return this.#weights[slot];
  }

  /** A number that the owner keeps beside the row, 0 at first. */
  tagOf(slot: number): number {
    return this.#tags[slot];
  }

  setTag(slot: number, tag: number): void {
    if (this.#tags[slot] === tag) return;
    this.#tags[slot] = tag;
    this.#changed?.note(slot);
  }

  /** The rows of slots, one column per type. */
  rows(slots: Int32Array, count: number): readonly Column[] {
    return this.#cells.map((cells) => cells.column(slots, count));
  }

  /** Forgets a row at once. */
  discard(slot: number): void {
    this.#vacate(slot);
    this.#free.give(slot);
  }

  /** Forgets the rows whose weight came down to 0. */
  sweep(): void {
    const { items, length } = this.#faded;
    for (let i = 0; i < length; i++) {
      if (this.#free.isLive(items[i]) && this.#weights[items[i]] === 0) this.discard(items[i]);
    }
    this.#faded.clear();
  }

  releaseGroup(group: number): void {
    for (let slot = this.#trees.first(group); slot !== NONE; slot = this.#trees.after(slot)) {
      this.#empty(slot);
      this.#free.give(slot);
    }
    this.#trees.clear(group);
  }

  /** After `sweep`. `values` are facts of the owner's, kept beside the rows. */
  capture(kind: "delta" | "snapshot", values: Readonly<Record<string, string>> = {}): StateRows | null {
    const captured = captureSlots(kind, this.#changed, this.#free);
    if (captured === null) return null;
    const { slots, freed } = captured;
    const numbers = [this.#group, this.#weights, this.#tags].map((array) => int32ColumnOf(array, slots));
    const columns = [...numbers, ...this.rows(slots, slots.length)];
    return stateRowsOf(this.schema, { slots, columns, freed }, values);
  }

  restore(state: StateRows): void {
    const { slots, columns, freed } = readStateRows(state);
    for (const slot of [...freed.given, ...slots]) if (this.#free.isLive(slot)) this.#vacate(slot);
    this.#free.restore(freed);
    this.#growSlots(freed.next);
    const [groups, weights, tags] = columns.slice(0, 3).map(int32sOf);
    this.bind(columns.slice(3));
    for (let i = 0; i < slots.length; i++) {
      this.growGroups(groups[i] + 1);
      this.#find(groups[i], i);
      this.#insert(slots[i], groups[i], i);
      this.#weights[slots[i]] = weights[i];
      this.#tags[slots[i]] = tags[i];
    }
  }

  /** Slot of the bound row in the group; -1: there is none, and #place is where it belongs. */
  #find(group: number, row: number): number {
    const trees = this.#trees;
    const place = this.#place;
    place.parent = NONE;
    place.before = NONE;
    place.after = NONE;
    let at = trees.root(group);
    while (at !== NONE) {
      const side = this.compareTo(at, row);
      if (side === 0) return at;
      place.parent = at;
      if (side < 0) place.before = at;
      else place.after = at;
      at = side < 0 ? trees.right(at) : trees.left(at);
    }
    return NONE;
  }

  #presentFrom(slot: number): number {
    let at = slot;
    while (at !== NONE && this.#weights[at] <= 0) at = this.#trees.after(at);
    return at;
  }

  /** Puts a bound row at #place. */
  #insert(slot: number, group: number, row: number): void {
    for (let i = 0; i < this.#cells.length; i++) this.#cells[i].set(slot, this.#bound[i], row);
    this.#group[slot] = group;
    this.#trees.insert(slot, group, this.#place);
  }

  #vacate(slot: number): void {
    this.#trees.remove(slot, this.#group[slot]);
    this.#empty(slot);
  }

  #empty(slot: number): void {
    for (const cells of this.#cells) cells.free(slot);
  }

  #growSlots(needed: number): void {
    if (this.#weights.length >= needed) return;
    const capacity = nextCapacity(this.#weights.length, needed);
    for (const cells of this.#cells) cells.grow(capacity);
    this.#trees.growSlots(capacity);
    this.#weights = growInt32(this.#weights, capacity);
    this.#tags = growInt32(this.#tags, capacity);
    this.#group = growInt32(this.#group, capacity);
  }
}
