import type { Column } from "../columnar/column.js";
import type { DataType, Field } from "../types/data-type.js";
import { ChangedSlots } from "./changed-slots.js";
import { createKeyTable } from "./create-key-table.js";
import { growFloat64, growInt32 } from "./grow.js";
import { Int32List } from "./int32-list.js";
import { KeyTablePart } from "./key-table-part.js";
import { FLOAT64, float64ColumnOf, float64sOf, INT32, int32ColumnOf, int32sOf } from "./slot-columns.js";
import type { StatePart } from "./state-part.js";
import type { KeyTable } from "./state-table.js";

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

/** Told when entries are put back from a checkpoint. */
export interface RestoreListener {
  /** The entry is about to be given up, or to become another. */
  forgotten(entry: number, group: number): void;
  /** The entry is row `row` of these values. */
  loaded(entry: number, group: number, at: { readonly values: readonly Column[]; readonly row: number }): void;
}

/** What a state table keeps of an entry beside its group and values. */
const FACTS: readonly Field[] = [
  { name: "_weight", type: FLOAT64, nullable: false },
  { name: "_next", type: INT32, nullable: false },
  { name: "_previous", type: INT32, nullable: false },
];

/**
 * Per group a multiset of values: (group, value) -> entry with a weight. Entries whose weight is 0 are forgotten; a
 * negative weight can stand only between the changes of one trigger. Entries of a group are chained both ways.
 * Costs O(1) per row; memory is O(distinct values).
 */
export class GroupedValues {
  readonly #table: KeyTable;
  readonly #types: readonly DataType[];
  /** Entries whose weight or neighbours changed since the last capture; null where there is none. */
  #changed: ChangedSlots | null = null;
  readonly #vanishing = new Int32List();
  #weights = new Float64Array(0);
  #group = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #head = new Int32Array(0);
  /** Entries of weight > 0, by group. */
  #positives = new Float64Array(0);

  constructor(types: readonly DataType[], options: { codegen: boolean }) {
    this.#types = types;
    this.#table = createKeyTable([INT32, ...types], options);
  }

  /**
   * The entries as a state table, whose slots are entry ids. Called once, before anything is added; restored when
   * there is room for the groups.
   */
  durablePart(name: string, listener: RestoreListener | null): StatePart {
    this.#changed = new ChangedSlots();
    const values = this.#types.map((type, index) => ({ name: `value${index}`, type, nullable: true }));
    return new KeyTablePart({
      name,
      table: this.#table,
      keys: [{ name: "_group", type: INT32, nullable: false }, ...values],
      changed: this.#changed,
      facts: {
        fields: FACTS,
        save: (entries) => [
          float64ColumnOf(this.#weights, entries),
          int32ColumnOf(this.#next, entries),
          int32ColumnOf(this.#previous, entries),
        ],
        forget: (entries) => this.#forget(entries, listener),
        load: (entries, keys, facts) => this.#load(entries, { keys, facts }, listener),
      },
    });
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
    this.#changed?.noteAll(ids, entries.count);
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
    if (head !== NONE) {
      this.#previous[head] = entry;
      this.#changed?.note(head);
    }
    this.#head[group] = entry;
  }

  #unlink(entry: number, group: number): void {
    const next = this.#next[entry];
    const previous = this.#previous[entry];
    if (next !== NONE) this.#previous[next] = previous;
    if (previous === NONE) this.#head[group] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#changed?.note(next);
    if (previous !== NONE) this.#changed?.note(previous);
  }

  /** Those of the entries that are in use. A chain that began with one of them gets its head again in `#load`. */
  #forget(entries: Int32Array, listener: RestoreListener | null): void {
    for (const entry of entries) {
      if (this.#weights[entry] === 0) continue;
      const group = this.#group[entry];
      listener?.forgotten(entry, group);
      if (this.#head[group] === entry) this.#head[group] = NONE;
      if (this.#weights[entry] > 0) this.#positives[group]--;
      this.#weights[entry] = 0;
    }
  }

  #load(
    entries: Int32Array,
    { keys, facts }: { readonly keys: readonly Column[]; readonly facts: readonly Column[] },
    listener: RestoreListener | null,
  ): void {
    this.#growEntries();
    this.#forget(entries, listener);
    const [groups, next, previous] = [keys[0], facts[1], facts[2]].map(int32sOf);
    const weights = float64sOf(facts[0]);
    const values = keys.slice(1);
    for (let row = 0; row < entries.length; row++) {
      const entry = entries[row];
      const group = groups[row];
      this.#weights[entry] = weights[row];
      this.#group[entry] = group;
      this.#next[entry] = next[row];
      this.#previous[entry] = previous[row];
      if (previous[row] === NONE) this.#head[group] = entry;
      if (weights[row] > 0) this.#positives[group]++;
      listener?.loaded(entry, group, { values, row });
    }
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
