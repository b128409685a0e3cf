import type { Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import type { AnalysedSessionAggregate } from "../../plan/analysed-node.js";
import type { Watermarks } from "../../plan/bound-expression.js";
import { GroupedValues } from "../../state/grouped-values.js";
import { identityRows } from "../../state/identity-rows.js";
import { Int32List } from "../../state/int32-list.js";
import { NumberPart } from "../../state/number-part.js";
import type { StatePart } from "../../state/state-part.js";
import type { DataType } from "../../types/data-type.js";
import type { ExpiringOperator, Expiry } from "../expiring-operator.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { AccumulatorSet } from "./accumulator-set.js";
import { ExpressionSlots } from "./expression-slots.js";
import { FLOAT64 } from "./result-types.js";
import { SessionCore } from "./session-core.js";
import { MiniSessionFolder, sessionIntervals } from "./session-intervals.js";
import { weightsOf } from "./weights-of.js";

/**
 * groupBy(sessionWindow(time, gap), keys).agg(aggregates) over retracting input, or with a user aggregate that cannot
 * merge. See MergingSessionAggregate for what a session is.
 *
 * Keeps: the rows of every key (what aggregates, time and gap need of them, with weights), its sessions and their
 * accumulators.
 * Forgets: a session whose end is below the bound, with its rows; a row that is retracted.
 * Emits: as MergingSessionAggregate; a session that comes out as it was is not sent.
 * Costs: O(1) per row, and per trigger O(rows of the key) for every key that was touched: its rows are folded anew.
 */
export class RefoldingSessionAggregate implements ExpiringOperator {
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  /** Evaluated columns before this one are kept with a row, those from it on are the keys. */
  readonly #kept: number;
  readonly #timeSlot: number;
  readonly #gapSlot: number;
  readonly #core: SessionCore;
  readonly #rows: GroupedValues;
  /** The rows as state; null: not durable. */
  readonly #rowPart: StatePart | null;
  readonly #folder = new MiniSessionFolder();
  readonly #dirtyKeys = new Set<number>();
  /** Rows have an arrival order, which is kept as one more column. */
  readonly #hasSequence: boolean;
  #sequence = 0;

  constructor(node: AnalysedSessionAggregate, dependencies: OperatorDependencies) {
    const { codegen } = dependencies;
    this.#dependencies = dependencies;
    this.#hasSequence = !node.lifetime.retractingInput;
    const slots = new ExpressionSlots();
    this.#timeSlot = slots.add(node.time);
    this.#gapSlot = slots.add(node.gap);
    const firstLast = this.#hasSequence ? "arrival" : "value";
    const set = new AccumulatorSet(node.aggregates, slots, { codegen, retracting: false, firstLast });
    this.#kept = slots.expressions.length;
    this.#evaluator = compileExpressions([...slots.expressions, ...node.keys], { codegen });
    const types: DataType[] = slots.expressions.map((expression) => expression.type);
    this.#rows = new GroupedValues(this.#hasSequence ? [...types, FLOAT64] : types, { codegen });
    this.#rowPart = dependencies.durable ? this.#rows.durablePart("rows", null) : null;
    this.#core = new SessionCore(node, { set, merge: false, owes: (key) => this.#rows.first(key) >= 0 }, dependencies);
  }

  process(_port: number, chunk: Chunk): void {
    const selected = chunk.sel === null ? chunk.length : chunk.sel.length;
    const columns = this.#evaluator.evaluate(chunk, this.#dependencies.context());
    const selection = { rows: chunk.sel ?? identityRows(selected), count: selected };
    const { count, rows } = sessionIntervals(columns[this.#timeSlot], columns[this.#gapSlot], selection);
    if (count > 0) {
      const keys = new Int32Array(count);
      this.#core.table.probe(columns.slice(this.#kept), rows, count, keys);
      this.#rows.grow(this.#core.table.capacity);
      for (let i = 0; i < count; i++) this.#dirtyKeys.add(keys[i]);
      const kept = columns.slice(0, this.#kept);
      if (this.#hasSequence) kept.push(sequenceColumn(this.#sequence, chunk.length));
      this.#rows.add({ count, rows, groups: keys, weights: weightsOf(chunk, rows, count) }, kept, null);
    }
    this.#sequence += chunk.length;
  }

  finish(): void {
    if (this.#dirtyKeys.size === 0) return;
    const old = this.#retireSessions();
    this.#fold(old);
    this.#core.finish();
    this.#core.releaseKeys(this.#dirtyKeys);
    this.#dirtyKeys.clear();
  }

  advance(watermarks: Watermarks): void {
    const ended = this.#core.expire(watermarks);
    if (ended.length === 0) return;
    for (let i = 0; i < ended.length; i++) this.#forgetRows(ended.items[i]);
    this.#core.forget(ended);
  }

  nextExpiry(): Expiry | null {
    return this.#core.nextExpiry();
  }

  stateSize(): StateSize {
    return this.#core.stateSize(this.#rows.bytes);
  }

  stateParts(): readonly StatePart[] {
    const sequence = new NumberPart("sequence", {
      read: () => this.#sequence,
      write: (value) => {
        this.#sequence = value;
      },
    });
    return [...this.#core.stateParts(), ...this.#rowParts(), sequence];
  }

  /** Restored after the keys, whose groups the rows need room for. */
  #rowParts(): readonly StatePart[] {
    const part = this.#rowPart;
    if (part === null) return [];
    const restore: StatePart["restore"] = (state) => {
      this.#rows.grow(this.#core.table.capacity);
      part.restore(state);
    };
    return [{ name: part.name, schema: part.schema, capture: (kind) => part.capture(kind), restore }];
  }

  /** Takes the sessions of touched keys away, to be made again; by key, in order of time. */
  #retireSessions(): Map<number, Int32Array> {
    const { store } = this.#core;
    const old = new Map<number, Int32Array>();
    const all = new Int32List();
    for (const key of this.#dirtyKeys) {
      const { items, length } = store.sessionsOf(key);
      old.set(key, items.slice(0, length));
      for (let i = 0; i < length; i++) all.push(items[i]);
    }
    this.#core.touch(all, true);
    this.#core.accumulators.clear(all.items, all.length);
    for (const [key, slots] of old) for (let at = slots.length - 1; at >= 0; at--) store.retireAt(key, at);
    return old;
  }

  #fold(old: Map<number, Int32Array>): void {
    const { columns, keys, weights } = this.#gather();
    const count = keys.length;
    if (count === 0) return;
    const time = columns[this.#timeSlot];
    const gap = columns[this.#gapSlot];
    const rows = identityRows(count);
    const intervals = sessionIntervals(time, gap, { rows, count });
    const minis = this.#folder.fold(intervals, keys, { time, gap, keyCapacity: this.#core.table.capacity });
    const slots = this.#core.place(minis);
    const revived = this.#reviveUnmoved(old);
    const groups = minis.ofEntry.map((mini) => revived.get(slots[mini]) ?? slots[mini]);
    this.#core.accumulators.add({ count, rows, groups, weights, firstSequence: 0 }, columns);
  }

  /** Live rows of touched keys; in order of arrival, where there is one. */
  #gather(): { columns: readonly Column[]; keys: Int32Array; weights: Int32Array } {
    const entries: number[] = [];
    const keyOf = new Map<number, number>();
    for (const key of this.#dirtyKeys) {
      for (let entry = this.#rows.first(key); entry >= 0; entry = this.#rows.after(entry)) {
        if (this.#rows.weight(entry) <= 0) continue;
        entries.push(entry);
        keyOf.set(entry, key);
      }
    }
    const ordered = this.#hasSequence ? this.#byArrival(entries) : Int32Array.from(entries);
    return {
      columns: this.#rows.valuesOf(ordered, ordered.length),
      keys: ordered.map((entry) => keyOf.get(entry) ?? 0),
      weights: ordered.map((entry) => this.#rows.weight(entry)),
    };
  }

  #byArrival(entries: readonly number[]): Int32Array {
    const sequences = this.#rows.valuesOf(Int32Array.from(entries), entries.length)[this.#kept];
    if (sequences.layout !== "float64")
      throw new Error(`Broken invariant: sequence numbers of layout ${sequences.layout}`);
    const order = Int32Array.from(entries, (_, i) => i).sort((a, b) => sequences.values[a] - sequences.values[b]);
    return order.map((i) => entries[i]);
  }

  /** A session that came out with its old interval gets its old slot back, so that it can be compared with itself. */
  #reviveUnmoved(old: Map<number, Int32Array>): Map<number, number> {
    const { store } = this.#core;
    const revived = new Map<number, number>();
    for (const [key, slots] of old) {
      const { items, length } = store.sessionsOf(key);
      const fresh = items.slice(0, length);
      let next = 0;
      for (const slot of fresh) {
        while (next < slots.length && store.startOf(slots[next]) < store.startOf(slot)) next++;
        if (next === slots.length) break;
        const isUnmoved =
          store.startOf(slots[next]) === store.startOf(slot) && store.endOf(slots[next]) === store.endOf(slot);
        if (!isUnmoved) continue;
        revived.set(slot, slots[next]);
        store.revive(slots[next], slot);
      }
    }
    return revived;
  }

  #forgetRows(slot: number): void {
    const { store } = this.#core;
    const entries = new Int32List();
    for (let entry = this.#rows.first(store.keyOf(slot)); entry >= 0; entry = this.#rows.after(entry))
      entries.push(entry);
    const times = this.#rows.valuesOf(entries.items, entries.length)[this.#timeSlot];
    if (times.layout !== "int64") throw new Error(`Broken invariant: session times of layout ${times.layout}`);
    const inside = new Int32List();
    for (let i = 0; i < entries.length; i++) {
      if (times.values[i] >= store.startOf(slot) && times.values[i] <= store.endOf(slot)) inside.push(entries.items[i]);
    }
    this.#rows.remove(inside);
  }
}

function sequenceColumn(first: number, length: number): Column {
  const values = new Float64Array(length);
  for (let row = 0; row < length; row++) values[row] = first + row;
  return { layout: "float64", type: FLOAT64, length, nullCount: 0, validity: null, values };
}
