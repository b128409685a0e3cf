import type { Column } from "../columnar/column.js";
import type { DataType } from "../types/data-type.js";
import { createKeyTable } from "./create-key-table.js";
import { growFloat64, growInt32 } from "./grow.js";
import { Int32List } from "./int32-list.js";
import type { KeyTable } from "./state-table.js";

const INT32: DataType = { kind: "int32" };
/** End of a chain. */
const NONE = -1;

/** Rows of one chunk with their groups; entry i is physical row rows[i]. */
export interface GroupedRows {
  readonly count: number;
  readonly rows: Int32Array;
  readonly groups: Int32Array;
  readonly weights: Int32Array | null;
}

/** Told when the weight of an entry leaves 0 and comes back to it. */
export interface EntryListener {
  appeared(entry: number, group: number, row: number): void;
  vanished(entry: number, group: number): void;
}

/**
 * Per group a multiset of values: (group, value) -> entry with a weight. Entries whose weight is 0 are forgotten; a
 * negative weight can stand only between the changes of one trigger. Entries of a group are chained both ways.
 * Costs O(1) per row; memory is O(distinct values).
 */
export class GroupedValues {
  readonly #table: KeyTable;
  readonly #vanishing = new Int32List();
  #weights = new Float64Array(0);
  #group = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #head = new Int32Array(0);
  /** Entries of weight > 0, by group. */
  #positives = new Float64Array(0);

  constructor(types: readonly DataType[], options: { codegen: boolean }) {
    this.#table = createKeyTable([INT32, ...types], options);
  }

  get bytes(): number {
    const perEntry =
      this.#weights.byteLength + this.#group.byteLength + this.#next.byteLength + this.#previous.byteLength;
    return this.#table.bytes + perEntry + this.#head.byteLength + this.#positives.byteLength;
  }

  /** Entry ids are below this. */
  get capacity(): number {
    return this.#table.capacity;
  }

  /** Makes room for groups below `capacity`. */
  grow(capacity: number): void {
    if (this.#head.length >= capacity) return;
    this.#head = growInt32(this.#head, capacity, NONE);
    this.#positives = growFloat64(this.#positives, capacity);
  }

  /** Distinct values of the group. */
  distinct(group: number): number {
    return this.#positives[group];
  }

  weight(entry: number): number {
    return this.#weights[entry];
  }

  add(entries: GroupedRows, columns: readonly Column[], listener: EntryListener | null): void {
    const ids = new Int32Array(entries.count);
    this.#table.probe([groupColumn(entries), ...columns], entries.rows, entries.count, ids);
    this.#growEntries();
    const weights = this.#weights;
    for (let i = 0; i < entries.count; i++) {
      const entry = ids[i];
      const group = entries.groups[i];
      const before = weights[entry];
      const now = before + (entries.weights === null ? 1 : entries.weights[i]);
      weights[entry] = now;
      if (before <= 0 !== now <= 0) this.#positives[group] += now > 0 ? 1 : -1;
      if (before === 0) {
        this.#link(entry, group);
        listener?.appeared(entry, group, entries.rows[i]);
      } else if (now === 0) {
        this.#unlink(entry, group);
        this.#vanishing.push(entry);
        listener?.vanished(entry, group);
      }
    }
    this.#forgetVanished();
  }

  /** First entry of the group's chain, or -1. */
  first(group: number): number {
    return this.#head[group];
  }

  /** The entry after this one, or -1. */
  after(entry: number): number {
    return this.#next[entry];
  }

  /** The values of entries, one column per type. */
  valuesOf(entries: Int32Array, count: number): readonly Column[] {
    return this.#table.keysOf(entries, count).slice(1);
  }

  clear(group: number): void {
    for (let entry = this.#head[group]; entry !== NONE; entry = this.#next[entry]) {
      this.#weights[entry] = 0;
      this.#vanishing.push(entry);
    }
    this.#table.release(this.#vanishing.items, this.#vanishing.length);
    this.#vanishing.clear();
    this.#head[group] = NONE;
    this.#positives[group] = 0;
  }

  /** Forgets these entries, whatever their weight. */
  remove(entries: Int32List): void {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries.items[i];
      if (this.#weights[entry] > 0) this.#positives[this.#group[entry]]--;
      this.#weights[entry] = 0;
      this.#unlink(entry, this.#group[entry]);
    }
    this.#table.release(entries.items, entries.length);
  }

  /** Adds the values of `from` to `into`; `from` is empty afterwards. */
  merge(into: number, from: number): void {
    const entries = new Int32List();
    for (let entry = this.#head[from]; entry !== NONE; entry = this.#next[entry]) entries.push(entry);
    if (entries.length === 0) return;
    const { items, length: count } = entries;
    const values = this.valuesOf(items, count);
    const weights = Int32Array.from(items.subarray(0, count), (entry) => this.#weights[entry]);
    this.clear(from);
    const rows = Int32Array.from(weights, (_, row) => row);
    this.add({ count, rows, groups: new Int32Array(count).fill(into), weights }, values, null);
  }

  /** An entry may have come back, or vanished twice, within the same chunk. */
  #forgetVanished(): void {
    const { items, length } = this.#vanishing;
    const gone = new Int32List();
    for (let i = 0; i < length; i++) {
      const entry = items[i];
      if (this.#weights[entry] !== 0 || this.#group[entry] === NONE) continue;
      this.#group[entry] = NONE;
      gone.push(entry);
    }
    this.#vanishing.clear();
    this.#table.release(gone.items, gone.length);
  }

  #link(entry: number, group: number): void {
    const head = this.#head[group];
    this.#group[entry] = group;
    this.#previous[entry] = NONE;
    this.#next[entry] = head;
    if (head !== NONE) this.#previous[head] = entry;
    this.#head[group] = entry;
  }

  #unlink(entry: number, group: number): void {
    const next = this.#next[entry];
    const previous = this.#previous[entry];
    if (next !== NONE) this.#previous[next] = previous;
    if (previous === NONE) this.#head[group] = next;
    else this.#next[previous] = next;
  }

  #growEntries(): void {
    const { capacity } = this.#table;
    if (this.#weights.length >= capacity) return;
    this.#weights = growFloat64(this.#weights, capacity);
    this.#group = growInt32(this.#group, capacity);
    this.#next = growInt32(this.#next, capacity);
    this.#previous = growInt32(this.#previous, capacity);
  }
}

/** The groups as a column by physical row, so that it can be probed together with the argument columns. */
function groupColumn(entries: GroupedRows): Column {
  let length = 0;
  for (let i = 0; i < entries.count; i++) length = Math.max(length, entries.rows[i] + 1);
  const values = new Int32Array(length);
  for (let i = 0; i < entries.count; i++) values[entries.rows[i]] = entries.groups[i];
  return { layout: "int32", type: INT32, length, nullCount: 0, validity: null, values };
}
