import type { Column } from "../../columnar/column.js";
import type { AnalysedSessionAggregate } from "../../plan/analysed-node.js";
import type { Watermarks } from "../../plan/bound-expression.js";
import { ChangedSlots } from "../../state/changed-slots.js";
import { createKeyTableOf } from "../../state/create-key-table.js";
import { identityRows } from "../../state/identity-rows.js";
import { Int32List } from "../../state/int32-list.js";
import { KeyTablePart } from "../../state/key-table-part.js";
import type { StatePart } from "../../state/state-part.js";
import type { KeyTable } from "../../state/state-table.js";
import type { DataType, Field } from "../../types/data-type.js";
import type { Expiry } from "../expiring-operator.js";
import type { StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { AccumulatorSet } from "./accumulator-set.js";
import { DirtyGroups } from "./dirty-groups.js";
import { GroupEmitter, type GroupSource } from "./group-emitter.js";
import { GroupExpiry } from "./group-expiry.js";
import { keyFields } from "./key-fields.js";
import type { MiniSessions } from "./session-intervals.js";
import { SessionStore } from "./session-store.js";
import { SessionTablePart } from "./session-table-part.js";

export interface SessionAccumulators {
  readonly set: AccumulatorSet;
  /** Sessions that are joined bring their state along; otherwise they are empty when they are joined. */
  readonly merge: boolean;
  /** A key without a session must stay known: rows of it have been taken back that have not come yet. */
  readonly owes: (key: number) => boolean;
}

/** What both session aggregates share: keys, sessions, their accumulators, and how rows are sent and ended. */
export class SessionCore implements GroupSource {
  readonly table: KeyTable;
  readonly store = new SessionStore();
  readonly dirty = new DirtyGroups();
  readonly accumulators: AccumulatorSet;
  readonly emitter: GroupEmitter;
  readonly #node: AnalysedSessionAggregate;
  readonly #dependencies: OperatorDependencies;
  readonly #expiry: GroupExpiry;
  readonly #mergesState: boolean;
  readonly #owes: (key: number) => boolean;
  readonly #changedKeys: ChangedSlots | null;
  readonly #changedSessions: ChangedSlots | null;
  /** null: not durable. */
  readonly #parts: readonly StatePart[] | null;
  readonly #one = new Int32Array(1);
  /** Where a session that was joined into another in this chunk went. */
  readonly #joined = new Map<number, number>();

  constructor(node: AnalysedSessionAggregate, accumulators: SessionAccumulators, dependencies: OperatorDependencies) {
    const { emission, evictBy } = node.lifetime;
    this.#node = node;
    this.#dependencies = dependencies;
    this.accumulators = accumulators.set;
    this.#mergesState = accumulators.merge;
    this.#owes = accumulators.owes;
    this.table = createKeyTableOf(keyFields(node.keys, node.input), { codegen: dependencies.codegen });
    this.#expiry = new GroupExpiry(evictBy);
    this.emitter = new GroupEmitter(this, {
      schema: node.schema,
      emission,
      output: dependencies.output,
      alwaysChanges: false,
    });
    this.#changedKeys = dependencies.durable ? new ChangedSlots() : null;
    this.#changedSessions = dependencies.durable ? new ChangedSlots() : null;
    this.#parts = dependencies.durable
      ? [this.#keyPart(), this.#sessionPart(), ...this.accumulators.durableParts()]
      : null;
  }

  /** Keys, sessions, and what accumulators keep in tables of their own. */
  stateParts(): readonly StatePart[] {
    return this.#parts ?? [];
  }

  stateSize(extraBytes: number): StateSize {
    const parts = [this.table, this.store, this.dirty, this.accumulators, this.#expiry];
    return { rows: this.store.size, bytes: parts.reduce((sum, part) => sum + part.bytes, extraBytes) };
  }

  nextExpiry(): Expiry | null {
    return this.#expiry.next();
  }

  exists(slot: number): boolean {
    return this.store.isLive(slot);
  }

  /** Start and end count as results: a session that has grown is another row. */
  results(slots: Int32Array, count: number): readonly Column[] {
    const [starts, ends] = this.#times(slots, count);
    return [starts, ends, ...this.accumulators.finish(slots, count)];
  }

  rows(slots: Int32Array, count: number, results: readonly Column[]): readonly Column[] {
    return [...this.#keyColumns(slots, count, results), ...results.slice(2)];
  }

  /** Remembers what these sessions were, unless the trigger has met them already. */
  touch(slots: Int32List, hadRows: boolean): void {
    const touched = this.dirty.touch(slots.items, slots.length, new Int32Array(slots.length));
    if (touched === 0) return;
    const newest = this.dirty.list.items.subarray(this.dirty.list.length - touched, this.dirty.list.length);
    const hasRow = new Uint8Array(touched).fill(Number(hadRows));
    const columns = hadRows && this.emitter.needsOldRows ? this.results(newest, touched) : [];
    this.dirty.remember(hasRow, touched, { columns, count: hadRows ? touched : 0 });
  }

  /** The sessions that mini sessions touch. */
  touchedBy(minis: MiniSessions): Int32List {
    const slots = new Int32List();
    for (let mini = 0; mini < minis.count; mini++) {
      const { from, to } = this.store.touching(minis.keys[mini], minis.starts[mini], minis.ends[mini]);
      const sessions = this.store.sessionsOf(minis.keys[mini]);
      for (let at = from; at < to; at++) slots.push(sessions.items[at]);
    }
    return slots;
  }

  /** Lets every mini session open, extend or join sessions; returns the slot of each. */
  place(minis: MiniSessions): Int32Array {
    this.#joined.clear();
    const slots = new Int32Array(minis.count);
    const opened = new Int32List();
    for (let mini = 0; mini < minis.count; mini++) {
      const interval = { key: minis.keys[mini], start: minis.starts[mini], end: minis.ends[mini] };
      const { from, to } = this.store.touching(interval.key, interval.start, interval.end);
      slots[mini] = from === to ? this.#open(interval, from) : this.#join(interval, from, to);
      if (from === to) opened.push(slots[mini]);
    }
    this.touch(opened, false);
    for (let mini = 0; mini < minis.count; mini++) slots[mini] = this.#whereTo(slots[mini]);
    return slots;
  }

  /** Sends the net changes of the trigger and forgets what is gone. */
  finish(): void {
    if (this.dirty.list.length === 0) return;
    this.#dependencies.metrics.rowsUpdated += this.dirty.list.length;
    this.#changedSessions?.noteAll(this.dirty.list.items, this.dirty.list.length);
    this.emitter.sendChanges(this.dirty);
    this.#scheduleTouched();
    this.dirty.reset();
    this.store.recycle();
  }

  /** Takes out the sessions that end below the bounds, sent first where rows are sent when they are final. */
  expire(watermarks: Watermarks): Int32List {
    const ended = this.#expiry.take(watermarks);
    if (ended.length > 0 && this.#node.lifetime.emission === "finals") this.emitter.sendFinals(ended);
    this.#dependencies.metrics.rowsRemoved += ended.length;
    return ended;
  }

  /** Forgets sessions that have ended, and keys that have no other. */
  forget(ended: Int32List): void {
    const keys = new Set<number>();
    for (let i = 0; i < ended.length; i++) {
      keys.add(this.store.keyOf(ended.items[i]));
      this.store.retire(ended.items[i]);
    }
    this.accumulators.clear(ended.items, ended.length);
    this.store.recycle();
    this.releaseKeys(keys);
  }

  releaseKeys(keys: Iterable<number>): void {
    for (const key of keys) {
      if (this.store.sessionsOf(key).length > 0) continue;
      if (this.#owes(key)) {
        this.#changedKeys?.note(key);
        continue;
      }
      this.#one[0] = key;
      this.table.release(this.#one, 1);
    }
  }

  #open(interval: { key: number; start: bigint; end: bigint }, at: number): number {
    // A key has sessions, or owes rows, as long as the table has it, so this one may be new.
    if (this.store.sessionsOf(interval.key).length === 0) this.#changedKeys?.note(interval.key);
    const slot = this.store.insert(interval, at);
    this.#grow();
    return slot;
  }

  #grow(): void {
    const { capacity } = this.store;
    this.accumulators.grow(capacity);
    this.dirty.grow(capacity);
    this.#expiry.grow(capacity);
  }

  /** Sessions [from, to) of the key become one that covers the interval too. */
  #join(interval: { key: number; start: bigint; end: bigint }, from: number, to: number): number {
    const { store } = this;
    const kept = store.sessionsOf(interval.key).items[from];
    store.extend(kept, interval.start, interval.end);
    for (let at = to - 1; at > from; at--) {
      const slot = store.sessionsOf(interval.key).items[at];
      store.extend(kept, store.startOf(slot), store.endOf(slot));
      if (this.#mergesState) this.accumulators.merge(kept, slot);
      this.#joined.set(slot, kept);
      store.retireAt(interval.key, at);
    }
    return kept;
  }

  #whereTo(slot: number): number {
    let target = slot;
    for (let next = this.#joined.get(target); next !== undefined; next = this.#joined.get(target)) target = next;
    return target;
  }

  #scheduleTouched(): void {
    const { list } = this.dirty;
    const live = new Int32Array(list.length);
    let count = 0;
    for (let i = 0; i < list.length; i++) {
      this.#expiry.remove(list.items[i]);
      if (this.exists(list.items[i])) live[count++] = list.items[i];
    }
    this.#schedule(live, count);
  }

  #schedule(slots: Int32Array, count: number): void {
    const columns = this.#keyColumns(slots, count, this.#times(slots, count));
    this.#expiry.add({ groups: slots, rows: identityRows(count), count }, columns);
  }

  #keyPart(): StatePart {
    const { keys, schema, sessionPosition } = this.#node;
    return new KeyTablePart({
      name: "keys",
      table: this.table,
      keys: schema.fields.slice(0, keys.length + 1).filter((_, ordinal) => ordinal !== sessionPosition),
      changed: this.#changedKeys,
      facts: { fields: [], save: () => [], forget: () => {}, load: () => {} },
    });
  }

  #sessionPart(): StatePart {
    return new SessionTablePart({
      store: this.store,
      accumulators: this.accumulators,
      changed: this.#changedSessions,
      timeFields: this.#timeFields(),
      times: (slots, count) => this.#times(slots, count),
      left: (slots) => {
        for (const slot of slots) this.#expiry.remove(slot);
      },
      came: (slots) => {
        this.#grow();
        this.#schedule(slots, slots.length);
      },
    });
  }

  /** Key columns with the session struct at its place. */
  #keyColumns(slots: Int32Array, count: number, times: readonly Column[]): Column[] {
    const keys = new Int32Array(count);
    for (let i = 0; i < count; i++) keys[i] = this.store.keyOf(slots[i]);
    const { type } = this.#node.schema.fields[this.#node.sessionPosition];
    const session: Column = {
      layout: "struct",
      type,
      length: count,
      nullCount: 0,
      validity: null,
      children: times.slice(0, 2),
    };
    const columns = [...this.table.keysOf(keys, count)];
    columns.splice(this.#node.sessionPosition, 0, session);
    return columns;
  }

  #timeFields(): readonly Field[] {
    const session = this.#node.schema.fields[this.#node.sessionPosition].type;
    if (session.kind !== "struct") throw new Error("Broken invariant: a session is a struct");
    return session.fields;
  }

  #times(slots: Int32Array, count: number): [Column, Column] {
    const [start, end] = this.#timeFields();
    const starts = new BigInt64Array(count);
    const ends = new BigInt64Array(count);
    for (let i = 0; i < count; i++) {
      starts[i] = this.store.startOf(slots[i]);
      ends[i] = this.store.endOf(slots[i]);
    }
    return [timeColumn(starts, start.type), timeColumn(ends, end.type)];
  }
}

function timeColumn(values: BigInt64Array, type: DataType): Column {
  return { layout: "int64", type, length: values.length, nullCount: 0, validity: null, values };
}
