import type { Column } from "../columnar/column.js";
import type { DataType } from "../types/data-type.js";
import { type GroupedRows, GroupedValues } from "./grouped-values.js";
import { growInt32 } from "./grow.js";
import type { StatePart } from "./state-part.js";
import { createValueStore, type SlotRange, type ValueStore } from "./value-store.js";

const NONE = -1;

/**
 * Per group an ordered multiset of non-NULL values: its least and greatest are found, values come and go, in O(log n).
 * Entries form one treap per group in shared arrays; the priority of an entry is a mix of its id, so that the shape
 * depends on nothing but the history of ids.
 */
export class OrderedMultiset {
  readonly #values: GroupedValues;
  readonly #store: ValueStore;
  #left = new Int32Array(0);
  #right = new Int32Array(0);
  #root = new Int32Array(0);
  /** Results of `#split`. */
  #lower = NONE;
  #upper = NONE;

  constructor(type: DataType, options: { codegen: boolean }) {
    this.#values = new GroupedValues([type], options);
    this.#store = createValueStore(type);
  }

  get bytes(): number {
    const links = this.#left.byteLength + this.#right.byteLength + this.#root.byteLength;
    return this.#values.bytes + this.#store.bytes + links;
  }

  /** As GroupedValues: the trees follow from the entries. */
  durablePart(name: string): StatePart {
    return this.#values.durablePart(name, {
      forgotten: (entry, group) => this.#take(entry, group),
      loaded: (entry, group, { values, row }) => this.#put(entry, group, { column: values[0], row }),
    });
  }

  grow(capacity: number): void {
    this.#values.grow(capacity);
    if (this.#root.length < capacity) this.#root = growInt32(this.#root, capacity, NONE);
  }

  add(entries: GroupedRows, column: Column): void {
    this.#values.add(entries, [column], {
      appeared: (entry, group, row) => this.#put(entry, group, { column, row }),
      vanished: (entry, group) => this.#take(entry, group),
    });
  }

  /** Entry of the group's least value of positive weight, or -1. */
  least(group: number): number {
    return this.#firstPositive(this.#root[group], this.#left, this.#right);
  }

  greatest(group: number): number {
    return this.#firstPositive(this.#root[group], this.#right, this.#left);
  }

  weight(entry: number): number {
    return this.#values.weight(entry);
  }

  /** The group's entries in order. */
  ordered(group: number): number[] {
    const entries: number[] = [];
    const visit = (entry: number): void => {
      if (entry === NONE) return;
      visit(this.#left[entry]);
      entries.push(entry);
      visit(this.#right[entry]);
    };
    visit(this.#root[group]);
    return entries;
  }

  /** Values of entries. */
  column(range: SlotRange): Column {
    return this.#store.column(range);
  }

  clear(group: number): void {
    for (let entry = this.#values.first(group); entry !== NONE; entry = this.#values.after(entry))
      this.#store.free(entry);
    this.#values.clear(group);
    this.#root[group] = NONE;
  }

  #put(entry: number, group: number, { column, row }: { readonly column: Column; readonly row: number }): void {
    this.#growEntries();
    this.#store.set(entry, column, row);
    this.#left[entry] = NONE;
    this.#right[entry] = NONE;
    this.#root[group] = this.#insert(this.#root[group], entry);
  }

  #take(entry: number, group: number): void {
    this.#root[group] = this.#remove(this.#root[group], entry);
    this.#store.free(entry);
  }

  #firstPositive(root: number, near: Int32Array, far: Int32Array): number {
    if (root === NONE) return NONE;
    const nearer = this.#firstPositive(near[root], near, far);
    if (nearer !== NONE) return nearer;
    return this.#values.weight(root) > 0 ? root : this.#firstPositive(far[root], near, far);
  }

  #growEntries(): void {
    const { capacity } = this.#values;
    if (this.#left.length >= capacity) return;
    this.#store.grow(capacity);
    this.#left = growInt32(this.#left, capacity);
    this.#right = growInt32(this.#right, capacity);
  }

  #insert(root: number, entry: number): number {
    if (root === NONE) return entry;
    if (priority(entry) > priority(root)) {
      this.#split(root, entry);
      this.#left[entry] = this.#lower;
      this.#right[entry] = this.#upper;
      return entry;
    }
    if (this.#store.compare(entry, root) < 0) this.#left[root] = this.#insert(this.#left[root], entry);
    else this.#right[root] = this.#insert(this.#right[root], entry);
    return root;
  }

  /** Parts the tree into what is below the entry's value (#lower) and what is above (#upper). */
  #split(root: number, entry: number): void {
    if (root === NONE) {
      this.#lower = NONE;
      this.#upper = NONE;
    } else if (this.#store.compare(root, entry) < 0) {
      this.#split(this.#right[root], entry);
      this.#right[root] = this.#lower;
      this.#lower = root;
    } else {
      this.#split(this.#left[root], entry);
      this.#left[root] = this.#upper;
      this.#upper = root;
    }
  }

  #remove(root: number, entry: number): number {
    if (root === entry) return this.#join(this.#left[root], this.#right[root]);
    if (this.#store.compare(entry, root) < 0) this.#left[root] = this.#remove(this.#left[root], entry);
    else this.#right[root] = this.#remove(this.#right[root], entry);
    return root;
  }

  /** Everything in `lower` is below everything in `upper`. */
  #join(lower: number, upper: number): number {
    if (lower === NONE || upper === NONE) return lower === NONE ? upper : lower;
    if (priority(lower) > priority(upper)) {
      this.#right[lower] = this.#join(this.#right[lower], upper);
      return lower;
    }
    this.#left[upper] = this.#join(lower, this.#left[upper]);
    return upper;
  }
}

/** Distinct for distinct ids: every step can be undone. */
function priority(entry: number): number {
  let mixed = Math.imul(entry ^ (entry >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
