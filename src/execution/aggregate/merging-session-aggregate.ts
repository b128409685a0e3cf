import type { Chunk } from "../../columnar/chunk.js";
import type { AnalysedSessionAggregate } from "../../plan/analysed-node.js";
import type { Watermarks } from "../../plan/bound-expression.js";
import { identityRows } from "../../state/identity-rows.js";
import { NumberPart } from "../../state/number-part.js";
import type { StatePart } from "../../state/state-part.js";
import type { ExpiringOperator, Expiry } from "../expiring-operator.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { AccumulatorSet } from "./accumulator-set.js";
import { ExpressionSlots } from "./expression-slots.js";
import { SessionCore } from "./session-core.js";
import { MiniSessionFolder, sessionIntervals } from "./session-intervals.js";
import { weightsOf } from "./weights-of.js";

/**
 * groupBy(sessionWindow(time, gap), keys).agg(aggregates) over insert-only input, when every aggregate can merge.
 *
 * A session is the union of the closed ranges [time, time + gap] of rows of one key that touch (time <= end).
 * Keeps: key -> sorted sessions, each with its accumulators; no rows.
 * Forgets: a session whose end is below the bound (strictly: a row exactly at the end would have joined it).
 * Emits: 'changes': -old of every session that grew, joined another or changed, +new; 'finals': nothing until the
 * session ends, then its row, ordered by (end, slot).
 * Costs: O(aggregates) per row; per run of rows that touch each other O(log sessions of the key); joining merges
 * accumulators, once per session that disappears.
 */
export class MergingSessionAggregate implements ExpiringOperator {
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  readonly #keySlots: readonly number[];
  readonly #timeSlot: number;
  readonly #gapSlot: number;
  readonly #core: SessionCore;
  readonly #folder = new MiniSessionFolder();
  #sequence = 0;

  constructor(node: AnalysedSessionAggregate, dependencies: OperatorDependencies) {
    const { codegen } = dependencies;
    const slots = new ExpressionSlots();
    this.#dependencies = dependencies;
    this.#keySlots = node.keys.map((key) => slots.add(key));
    this.#timeSlot = slots.add(node.time);
    this.#gapSlot = slots.add(node.gap);
    const accumulators = new AccumulatorSet(node.aggregates, slots, {
      codegen,
      retracting: false,
      firstLast: "arrival",
    });
    this.#evaluator = compileExpressions(slots.expressions, { codegen });
    this.#core = new SessionCore(node, { set: accumulators, merge: true, owes: () => false }, dependencies);
  }

  process(_port: number, chunk: Chunk): void {
    const selected = chunk.sel === null ? chunk.length : chunk.sel.length;
    const columns = this.#evaluator.evaluate(chunk, this.#dependencies.context());
    const time = columns[this.#timeSlot];
    const gap = columns[this.#gapSlot];
    const intervals = sessionIntervals(time, gap, { rows: chunk.sel ?? identityRows(selected), count: selected });
    const { count, rows } = intervals;
    if (count > 0) {
      const core = this.#core;
      const keys = new Int32Array(count);
      core.table.probe(
        this.#keySlots.map((slot) => columns[slot]),
        rows,
        count,
        keys,
      );
      const minis = this.#folder.fold(intervals, keys, { time, gap, keyCapacity: core.table.capacity });
      core.touch(core.touchedBy(minis), true);
      const slots = core.place(minis);
      const groups = minis.ofEntry.map((mini) => slots[mini]);
      core.accumulators.add(
        { count, rows, groups, weights: weightsOf(chunk, rows, count), firstSequence: this.#sequence },
        columns,
      );
    }
    this.#sequence += chunk.length;
  }

  finish(): void {
    this.#core.finish();
  }

  advance(watermarks: Watermarks): void {
    const ended = this.#core.expire(watermarks);
    if (ended.length > 0) this.#core.forget(ended);
  }

  nextExpiry(): Expiry | null {
    return this.#core.nextExpiry();
  }

  stateSize(): StateSize {
    return this.#core.stateSize(0);
  }

  stateParts(): readonly StatePart[] {
    const sequence = new NumberPart("sequence", {
      read: () => this.#sequence,
      write: (value) => {
        this.#sequence = value;
      },
    });
    return [...this.#core.stateParts(), sequence];
  }
}
