import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import { takeColumn } from "../../columnar/take.js";
import type { AnalysedAggregate } from "../../plan/analysed-node.js";
import type { Watermarks } from "../../plan/bound-expression.js";
import { createKeyTable } from "../../state/create-key-table.js";
import { identityRows } from "../../state/identity-rows.js";
import { Int32List } from "../../state/int32-list.js";
import type { KeyTable } from "../../state/state-table.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { Operator, StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { AccumulatorSet } from "./accumulator-set.js";
import { changedRows } from "./changed-rows.js";
import { DirtyGroups } from "./dirty-groups.js";
import { ExpressionSlots } from "./expression-slots.js";
import { GroupExpiry } from "./group-expiry.js";
import { weightedChunk } from "./weighted-chunk.js";
import { weightsOf } from "./weights-of.js";

/**
 * groupBy(keys).agg(aggregates).
 *
 * Keeps: key -> group id, per group the number of rows (sum of weights) and one accumulator per aggregate. A group
 * exists while it has rows; without keys there is one group, which always exists.
 * Forgets: a group whose rows are gone, at the end of the trigger; a group whose bounded key is below its bound, in
 * `advance`, silently unless rows are sent when they are final.
 * Emits: 'changes': -old +new of every touched group whose row differs; 'upserts': the new row of those; 'finals':
 * nothing until the group ends, then its row, ordered by (bounded key, group id).
 * Costs: O(aggregates) per row, O(aggregates) per touched group and trigger, O(1) per group that ends. What a group
 * was before the trigger is its result at first touch; no second copy of the output is kept.
 */
export class HashAggregate implements Operator {
  readonly #node: AnalysedAggregate;
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  readonly #keySlots: readonly number[];
  readonly #table: KeyTable;
  readonly #accumulators: AccumulatorSet;
  readonly #dirty = new DirtyGroups();
  readonly #expiry: GroupExpiry;
  readonly #isGlobal: boolean;
  /** Every touched group's row differs from what it was: a count over insert-only input only grows. */
  readonly #alwaysChanges: boolean;
  #globalRowSent = false;
  #groups = new Int32Array(CHUNK_ROWS);
  #firstEntry = new Int32Array(CHUNK_ROWS);
  #sequence = 0;

  constructor(node: AnalysedAggregate, dependencies: OperatorDependencies) {
    const { codegen } = dependencies;
    const { retractingInput } = node.lifetime;
    this.#node = node;
    this.#dependencies = dependencies;
    this.#isGlobal = node.keys.length === 0;
    const slots = new ExpressionSlots();
    this.#keySlots = node.keys.map((key) => slots.add(key));
    this.#accumulators = new AccumulatorSet(node.aggregates, slots, { codegen, retracting: retractingInput, firstLast: "arrival" });
    this.#evaluator = compileExpressions(slots.expressions, { codegen });
    this.#table = createKeyTable(node.keys.map((key) => key.type), { codegen });
    this.#expiry = new GroupExpiry(node.lifetime.evictBy);
    this.#alwaysChanges = !retractingInput && node.aggregates.some(isGrowingCount);
    this.#grow();
  }

  process(_port: number, chunk: Chunk): void {
    const count = chunk.sel === null ? chunk.length : chunk.sel.length;
    const columns = this.#evaluator.evaluate(chunk, this.#dependencies.context());
    const keys = this.#keySlots.map((slot) => columns[slot]);
    this.#reserve(count);
    const groups = this.#groups;
    this.#table.probe(keys, chunk.sel, count, groups);
    this.#grow();
    const rows = chunk.sel ?? identityRows(count);
    const touched = this.#dirty.touch(groups, count, this.#firstEntry);
    if (touched > 0) this.#firstTouch(touched, keys, rows);
    const weights = weightsOf(chunk, rows, count);
    this.#accumulators.add({ count, rows, groups, weights, firstSequence: this.#sequence }, columns);
    this.#sequence += chunk.length;
  }

  finish(): void {
    if (this.#isGlobal && !this.#globalRowSent) this.#touchGlobalGroup();
    const { list } = this.#dirty;
    if (list.length === 0) return;
    this.#dependencies.metrics.rowsUpdated += list.length;
    if (this.#node.lifetime.emission !== "finals") this.#emitChanges();
    this.#releaseEmptyGroups();
    this.#dirty.reset();
  }

  advance(watermarks: Watermarks): void {
    const ended = this.#expiry.take(watermarks);
    const groups = this.#expiry.isOver(watermarks) ? this.#withRemaining(ended) : ended;
    if (groups.length === 0) return;
    if (this.#node.lifetime.emission === "finals") this.#emitRows(groups);
    this.#dependencies.metrics.rowsRemoved += groups.length;
    this.#release(groups);
  }

  stateSize(): StateSize {
    const bytes = this.#table.bytes + this.#accumulators.bytes + this.#expiry.bytes + this.#dirty.bytes;
    return { rows: this.#table.size, bytes };
  }

  #firstTouch(touched: number, keys: readonly Column[], rows: Int32Array): void {
    const { list } = this.#dirty;
    const from = list.length - touched;
    const existing = new Int32List();
    const hasRow = new Uint8Array(touched);
    for (let i = 0; i < touched; i++) {
      const group = list.items[from + i];
      if (this.#isGlobal ? this.#globalRowSent : this.#accumulators.rowsOf(group) > 0) {
        hasRow[i] = 1;
        existing.push(group);
      } else {
        this.#expiry.add(group, keys, rows[this.#firstEntry[i]]);
      }
    }
    const columns = this.#needsOldRows ? this.#accumulators.finish(existing.items, existing.length) : [];
    this.#dirty.remember(hasRow, touched, { columns, count: existing.length });
  }

  get #needsOldRows(): boolean {
    const { emission } = this.#node.lifetime;
    return emission === "changes" || (emission === "upserts" && !this.#alwaysChanges);
  }

  /** The first trigger that runs sends the row of a global aggregate, even over nothing. */
  #touchGlobalGroup(): void {
    this.#reserve(1);
    this.#table.probe([], null, 1, this.#groups);
    const touched = this.#dirty.touch(this.#groups, 1, this.#firstEntry);
    if (touched > 0) this.#dirty.remember(new Uint8Array(1), 1, { columns: [], count: 0 });
    this.#globalRowSent = true;
  }

  #emitChanges(): void {
    const old = this.#needsOldRows ? this.#dirty.oldColumns() : [];
    for (let from = 0; from < this.#dirty.list.length; from += CHUNK_ROWS) {
      this.#emitBlock(old, from, Math.min(from + CHUNK_ROWS, this.#dirty.list.length));
    }
  }

  /** Positions [from, to) of the dirty list: first what goes, then what comes. */
  #emitBlock(old: readonly Column[], from: number, to: number): void {
    const { list, oldRow } = this.#dirty;
    const groups = list.items.subarray(from, to);
    const beforeRow = oldRow.subarray(from, to);
    const after = this.#accumulators.finish(groups, groups.length);
    const changed = this.#changed(old, { after, beforeRow, groups });
    const gone = new Int32List();
    const goneRows = new Int32List();
    const come = new Int32List();
    for (let i = 0; i < groups.length; i++) {
      if (changed[i] === 0) continue;
      if (beforeRow[i] >= 0) {
        gone.push(groups[i]);
        goneRows.push(beforeRow[i]);
      }
      if (this.#exists(groups[i])) come.push(i);
    }
    if (this.#node.lifetime.emission === "changes") this.#send(gone, old, { rows: goneRows, weight: -1 });
    const isAll = come.length === groups.length;
    this.#send(isAll ? listOf(groups) : gathered(groups, come), after, { rows: isAll ? null : come, weight: 1 });
  }

  #changed(old: readonly Column[], block: { after: readonly Column[]; beforeRow: Int32Array; groups: Int32Array }): Uint8Array {
    const { after, beforeRow, groups } = block;
    if (this.#alwaysChanges) return new Uint8Array(groups.length).fill(1);
    const changed = changedRows({ before: old, after, beforeRow, count: groups.length });
    for (let i = 0; i < groups.length; i++) if (!this.#exists(groups[i])) changed[i] = 1;
    return changed;
  }

  #exists(group: number): boolean {
    return this.#isGlobal || this.#accumulators.rowsOf(group) > 0;
  }

  /** Sends the keys of `groups` with `rows` (null = all) of the result columns. */
  #send(groups: Int32List, results: readonly Column[], part: { rows: Int32List | null; weight: 1 | -1 }): void {
    if (groups.length === 0) return;
    const { rows, weight } = part;
    const keys = this.#table.keysOf(groups.items, groups.length);
    const taken = rows === null ? results : results.map((column) => takeColumn(column, rows.items, rows.length));
    this.#dependencies.output.emit(weightedChunk(this.#node.schema, [...keys, ...taken], { length: groups.length, weight }));
  }

  #emitRows(groups: Int32List): void {
    for (let from = 0; from < groups.length; from += CHUNK_ROWS) {
      const part = listOf(groups.items.subarray(from, Math.min(from + CHUNK_ROWS, groups.length)));
      this.#send(part, this.#accumulators.finish(part.items, part.length), { rows: null, weight: 1 });
    }
  }

  #releaseEmptyGroups(): void {
    if (this.#isGlobal) return;
    const { list } = this.#dirty;
    const empty = new Int32List();
    for (let i = 0; i < list.length; i++) {
      if (this.#accumulators.rowsOf(list.items[i]) > 0) continue;
      this.#expiry.remove(list.items[i]);
      empty.push(list.items[i]);
    }
    this.#dependencies.metrics.rowsRemoved += empty.length;
    this.#release(empty);
  }

  #release(groups: Int32List): void {
    this.#accumulators.clear(groups.items, groups.length);
    this.#table.release(groups.items, groups.length);
  }

  /** At the end of time every group ends: first those whose bounded key is NULL, then `ended`. */
  #withRemaining(ended: Int32List): Int32List {
    const isEnded = new Uint8Array(this.#table.capacity);
    for (let i = 0; i < ended.length; i++) isEnded[ended.items[i]] = 1;
    const all = new Int32List();
    for (let group = 0; group < isEnded.length; group++) {
      if (isEnded[group] === 1 || this.#accumulators.rowsOf(group) <= 0) continue;
      this.#expiry.remove(group);
      all.push(group);
    }
    for (let i = 0; i < ended.length; i++) all.push(ended.items[i]);
    return all;
  }

  #grow(): void {
    const { capacity } = this.#table;
    this.#accumulators.grow(capacity);
    this.#dirty.grow(capacity);
    this.#expiry.grow(capacity);
  }

  #reserve(count: number): void {
    if (this.#groups.length >= count) return;
    this.#groups = new Int32Array(count);
    this.#firstEntry = new Int32Array(count);
  }
}

export function createHashAggregate(node: AnalysedAggregate, dependencies: OperatorDependencies): Operator {
  return new HashAggregate(node, dependencies);
}

function isGrowingCount(aggregate: AnalysedAggregate["aggregates"][number]): boolean {
  return aggregate.name === "count" && aggregate.where === null && aggregate.args.every((argument) => !argument.nullable);
}

function listOf(items: Int32Array): Int32List {
  const list = new Int32List();
  list.reserve(items.length);
  list.items.set(items);
  list.length = items.length;
  return list;
}

function gathered(groups: Int32Array, positions: Int32List): Int32List {
  const list = new Int32List();
  for (let i = 0; i < positions.length; i++) list.push(groups[positions.items[i]]);
  return list;
}
