import type { Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import type { AnalysedAggregate, ResolvedAggregate } from "../../plan/analysed-node.js";
import type { Watermarks } from "../../plan/bound-expression.js";
import { ChangedSlots } from "../../state/changed-slots.js";
import { createKeyTableOf } from "../../state/create-key-table.js";
import { identityRows } from "../../state/identity-rows.js";
import { Int32List } from "../../state/int32-list.js";
import type { StatePart } from "../../state/state-part.js";
import type { KeyTable } from "../../state/state-table.js";
import type { ExpiringOperator, Expiry } from "../expiring-operator.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { Operator, StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { UpdateStep } from "./accumulator.js";
import { AccumulatorSet } from "./accumulator-set.js";
import { DirtyGroups } from "./dirty-groups.js";
import { ExpressionSlots } from "./expression-slots.js";
import { GroupEmitter, type GroupSource } from "./group-emitter.js";
import { GroupExpiry } from "./group-expiry.js";
import { groupPart } from "./group-part.js";
import { keyFields } from "./key-fields.js";
import { UpdateLoops } from "./update-loop.js";
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
export class HashAggregate implements ExpiringOperator, GroupSource {
  readonly #node: AnalysedAggregate;
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  readonly #keySlots: readonly number[];
  readonly #table: KeyTable;
  readonly #accumulators: AccumulatorSet;
  readonly #dirty = new DirtyGroups();
  readonly #expiry: GroupExpiry;
  readonly #emitter: GroupEmitter;
  readonly #isGlobal: boolean;
  /** null: what groups were before the trigger is asked for, or code may not be generated. */
  readonly #loops: UpdateLoops | null;
  /** What was touched since the last capture; null where there is none. */
  readonly #changed: ChangedSlots | null;
  #parts: readonly StatePart[] = [];
  #globalRowExists = false;
  #scratch = scratchFor(INITIAL_ROWS);
  #sequence = 0;

  constructor(node: AnalysedAggregate, dependencies: OperatorDependencies) {
    const { codegen, output } = dependencies;
    const { emission, retractingInput, evictBy } = node.lifetime;
    this.#node = node;
    this.#dependencies = dependencies;
    this.#isGlobal = node.keys.length === 0;
    const slots = new ExpressionSlots();
    this.#keySlots = node.keys.map((key) => slots.add(key));
    this.#accumulators = new AccumulatorSet(node.aggregates, slots, {
      codegen,
      retracting: retractingInput,
      firstLast: "arrival",
    });
    this.#evaluator = compileExpressions(slots.expressions, { codegen });
    const fields = keyFields(node.keys, node.input);
    this.#table = createKeyTableOf(fields, { codegen });
    this.#expiry = new GroupExpiry(evictBy, fields);
    const alwaysChanges = !retractingInput && node.aggregates.some(isGrowingCount);
    this.#emitter = new GroupEmitter(this, { schema: node.schema, emission, output, alwaysChanges });
    this.#loops = codegen && !retractingInput && !this.#emitter.needsOldRows ? new UpdateLoops() : null;
    this.#grow();
    this.#changed = dependencies.durable ? new ChangedSlots() : null;
    if (this.#changed !== null) this.#parts = [this.#groupPart(this.#changed), ...this.#accumulators.durableParts()];
  }

  process(_port: number, chunk: Chunk): void {
    const count = chunk.sel === null ? chunk.length : chunk.sel.length;
    const columns = this.#evaluator.evaluate(chunk, this.#dependencies.context());
    const keys = this.#keySlots.map((slot) => columns[slot]);
    const { groups } = this.#scratchOf(count);
    this.#table.probe(keys, chunk.sel, count, groups);
    this.#grow();
    const isPlain = chunk.weights === null && count >= FEWEST_FOR_ONE_LOOP;
    const steps = isPlain && this.#loops !== null ? this.#accumulators.updateSteps(columns) : null;
    if (this.#loops === null || steps === null) this.#update(chunk, columns, keys);
    else this.#updateInOneLoop(chunk, keys, { loops: this.#loops, steps });
    this.#sequence += chunk.length;
  }

  #update(chunk: Chunk, columns: readonly Column[], keys: readonly Column[]): void {
    const count = chunk.sel === null ? chunk.length : chunk.sel.length;
    const rows = chunk.sel ?? identityRows(count);
    const { groups, firstEntry } = this.#scratch;
    const touched = this.#dirty.touch(groups, count, firstEntry);
    if (touched > 0) this.#firstTouch(touched, keys, rows);
    const weights = weightsOf(chunk, rows, count);
    this.#accumulators.add({ count, rows, groups, weights, firstSequence: this.#sequence }, columns);
  }

  /** Where nobody asks what a group was before, its rows are counted and added as it is met. */
  #updateInOneLoop(
    chunk: Chunk,
    keys: readonly Column[],
    { loops, steps }: { loops: UpdateLoops; steps: readonly UpdateStep[] },
  ): void {
    const { sel } = chunk;
    const count = sel === null ? chunk.length : sel.length;
    const { groups, firstEntry, rowsBefore } = this.#scratch;
    const { rowCounts } = this.#accumulators;
    const task = { ...this.#dirty.taskOf(count), count, rows: sel, groups, rowCounts, firstEntry, rowsBefore };
    const { list } = this.#dirty;
    list.length = loops.run(task, steps);
    this.#expectFresh(list.length - task.length, keys, sel);
  }

  /** Those of the groups met last that had no rows wait for their end from here on. */
  #expectFresh(touched: number, keys: readonly Column[], sel: Int32Array | null): void {
    const { items, length } = this.#dirty.list;
    const { freshGroups, freshRows, firstEntry, rowsBefore } = this.#scratch;
    let fresh = 0;
    for (let i = 0; i < touched; i++) {
      if (rowsBefore[i] !== 0) continue;
      freshGroups[fresh] = items[length - touched + i];
      freshRows[fresh++] = sel === null ? firstEntry[i] : sel[firstEntry[i]];
    }
    if (fresh > 0) this.#expiry.add({ groups: freshGroups, rows: freshRows, count: fresh }, keys);
  }

  finish(): void {
    if (this.#isGlobal && !this.#globalRowExists) this.#makeGlobalRow();
    const { list } = this.#dirty;
    if (list.length === 0) return;
    this.#dependencies.metrics.rowsUpdated += list.length;
    this.#emitter.sendChanges(this.#dirty);
    this.#changed?.noteAll(list.items, list.length);
    if (!this.#isGlobal && this.#node.lifetime.retractingInput) this.#releaseEmptyGroups();
    this.#dirty.reset();
  }

  advance(watermarks: Watermarks): void {
    const ended = this.#expiry.take(watermarks);
    const groups = this.#expiry.isOver(watermarks) ? this.#withRemaining(ended) : ended;
    if (groups.length === 0) return;
    if (this.#node.lifetime.emission === "finals") this.#emitter.sendFinals(this.#existing(groups));
    this.#release(groups);
  }

  #existing(groups: Int32List): Int32List {
    const existing = new Int32List();
    for (let i = 0; i < groups.length; i++) if (this.exists(groups.items[i])) existing.push(groups.items[i]);
    return existing.length === groups.length ? groups : existing;
  }

  stateSize(): StateSize {
    const bytes = this.#table.bytes + this.#accumulators.bytes + this.#expiry.bytes + this.#dirty.bytes;
    return { rows: this.#table.size, bytes };
  }

  stateParts(): readonly StatePart[] {
    return this.#parts;
  }

  nextExpiry(): Expiry | null {
    return this.#expiry.next();
  }

  exists(group: number): boolean {
    return this.#isGlobal ? this.#globalRowExists : this.#accumulators.rowsOf(group) > 0;
  }

  results(groups: Int32Array, count: number): readonly Column[] {
    return this.#accumulators.finish(groups, count);
  }

  rows(groups: Int32Array, count: number, results: readonly Column[]): readonly Column[] {
    return [...this.#table.keysOf(groups, count), ...results];
  }

  #groupPart(changed: ChangedSlots): StatePart {
    return groupPart({
      keys: this.#node.schema.fields.slice(0, this.#node.keys.length),
      table: this.#table,
      accumulators: this.#accumulators,
      expiry: this.#expiry,
      changed,
      grow: () => this.#grow(),
      values: {
        save: () => ({ sequence: String(this.#sequence) }),
        load: (values) => {
          this.#sequence = Number(values["sequence"]);
          this.#globalRowExists = this.#isGlobal && this.#table.size > 0;
        },
      },
    });
  }

  /** Accumulators still hold what the groups were before the trigger. */
  #firstTouch(touched: number, keys: readonly Column[], rows: Int32Array): void {
    const { items, length } = this.#dirty.list;
    const { hasRow, existing, freshGroups, freshRows, firstEntry } = this.#scratch;
    let existed = 0;
    let fresh = 0;
    for (let i = 0; i < touched; i++) {
      const group = items[length - touched + i];
      const exists = this.exists(group);
      hasRow[i] = exists ? 1 : 0;
      if (exists) existing[existed++] = group;
      else if (this.#accumulators.rowsOf(group) === 0) {
        freshGroups[fresh] = group;
        freshRows[fresh++] = rows[firstEntry[i]];
      }
    }
    if (fresh > 0) this.#expiry.add({ groups: freshGroups, rows: freshRows, count: fresh }, keys);
    const columns = this.#emitter.needsOldRows && existed > 0 ? this.results(existing, existed) : [];
    this.#dirty.remember(hasRow, touched, { columns, count: existed });
  }

  /** The first trigger that runs sends the row of a global aggregate, even over nothing. */
  #makeGlobalRow(): void {
    const { groups, firstEntry } = this.#scratch;
    this.#table.probe([], null, 1, groups);
    const touched = this.#dirty.touch(groups, 1, firstEntry);
    if (touched > 0) this.#dirty.remember(new Uint8Array(1), 1, { columns: [], count: 0 });
    this.#globalRowExists = true;
  }

  /**
   * A group whose weights add up to less than 0 has no row, but owes: what was taken away before it came must stay in
   * the sum, so only groups at exactly 0 are forgotten.
   */
  #releaseEmptyGroups(): void {
    const { list } = this.#dirty;
    const empty = new Int32List();
    for (let i = 0; i < list.length; i++) {
      if (this.#accumulators.rowsOf(list.items[i]) !== 0) continue;
      this.#expiry.remove(list.items[i]);
      empty.push(list.items[i]);
    }
    this.#release(empty);
  }

  #release(groups: Int32List): void {
    this.#accumulators.clear(groups.items, groups.length);
    this.#table.release(groups.items, groups.length);
    this.#dependencies.metrics.rowsRemoved += groups.length;
  }

  /** At the end of time every group ends: first those whose bounded key is NULL, then `ended`. */
  #withRemaining(ended: Int32List): Int32List {
    const isEnded = new Uint8Array(this.#table.capacity);
    for (let i = 0; i < ended.length; i++) isEnded[ended.items[i]] = 1;
    const all = new Int32List();
    for (let group = 0; group < isEnded.length; group++) {
      if (isEnded[group] === 1 || !this.exists(group)) continue;
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

  #scratchOf(count: number): Scratch {
    if (this.#scratch.groups.length < count) this.#scratch = scratchFor(count);
    return this.#scratch;
  }
}

/** Arrays of one chunk's work; nothing in them outlives it. */
interface Scratch {
  /** By entry of the chunk: its group. */
  readonly groups: Int32Array;
  /** By newly touched group: the entry that touched it, and whether it has a row so far. */
  readonly firstEntry: Int32Array;
  readonly rowsBefore: Float64Array;
  readonly hasRow: Uint8Array;
  readonly existing: Int32Array;
  readonly freshGroups: Int32Array;
  readonly freshRows: Int32Array;
}

const INITIAL_ROWS = 1024;
/** Binding the one loop costs more than the passes over fewer rows. */
const FEWEST_FOR_ONE_LOOP = 64;

function scratchFor(count: number): Scratch {
  return {
    groups: new Int32Array(count),
    firstEntry: new Int32Array(count),
    rowsBefore: new Float64Array(count),
    hasRow: new Uint8Array(count),
    existing: new Int32Array(count),
    freshGroups: new Int32Array(count),
    freshRows: new Int32Array(count),
  };
}

export function createHashAggregate(node: AnalysedAggregate, dependencies: OperatorDependencies): Operator {
  return new HashAggregate(node, dependencies);
}

/** A count over insert-only input that no row is left out of grows with every row. */
function isGrowingCount(aggregate: ResolvedAggregate): boolean {
  return (
    aggregate.name === "count" && aggregate.where === null && aggregate.args.every((argument) => !argument.nullable)
  );
}
