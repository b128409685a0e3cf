import type { Chunk } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";
import type { Column } from "../../columnar/column.js";
import type { AnalysedLateFilter, LateTest } from "../../plan/analysed-node.js";
import { NO_BOUND, type Watermarks } from "../../plan/bound-expression.js";
import { watermarksOf } from "../../plan/same-bound.js";
import { evaluateBound } from "../evaluate-bound.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import { KnownBounds } from "../known-bounds.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { Selection } from "./event-times.js";
import { type LateRow, LateRows, type LateRowsBatch, weightAt } from "./late-rows.js";
import { countBelow, integerAt, markBelow, markBelowMoving } from "./late-test.js";
import { StatelessOperator } from "./stateless-operator.js";

export interface LateFilterDependencies extends OperatorDependencies {
  /** In force since the end of the last trigger: what every test of the running trigger uses. */
  readonly watermarks: () => Watermarks;
  readonly lateRows: (batch: LateRowsBatch) => void;
}

interface Test {
  readonly test: LateTest;
  readonly evaluator: ExpressionEvaluator;
  readonly watermarkIds: readonly number[];
}

/** A test with the bound that it has in the running trigger; `moving`: each row has its own (late 'strict'). */
interface Bounded {
  readonly column: Column;
  readonly bound: bigint;
  readonly isMoving: boolean;
}

/**
 * Drops rows whose value, for ANY of the tests, lies below the OLD bound: the operator behind it has, or could have,
 * finished with them. They are counted and handed on as late rows, never lost without a word.
 * A test whose bound is not known yet costs nothing, a chunk without late rows one pass over the tested column.
 */
export class LateFilter extends StatelessOperator {
  readonly #dependencies: LateFilterDependencies;
  readonly #tests: readonly Test[];
  readonly #lateRows: LateRows;
  readonly #bounds: KnownBounds;

  constructor(node: AnalysedLateFilter, dependencies: LateFilterDependencies) {
    super();
    this.#dependencies = dependencies;
    this.#lateRows = new LateRows(node);
    this.#bounds = new KnownBounds(node.tests.map(({ bound }) => bound));
    const { codegen } = dependencies;
    this.#tests = node.tests.map((test) => {
      return { test, evaluator: compileExpressions([test.value], { codegen }), watermarkIds: watermarksOf(test.bound) };
    });
  }

  process(_port: number, chunk: Chunk): void {
    const selection = { sel: chunk.sel, count: selectedCount(chunk) };
    const bounded = this.#bind(chunk);
    const verdict = this.#judge(chunk, bounded, selection);
    if (verdict === null) this.#dependencies.output.emit(chunk);
    else this.#part(chunk, bounded, verdict);
  }

  /** The tests that can find a row late; null for the others. */
  #bind(chunk: Chunk): readonly (Bounded | null)[] {
    const bounds = this.#bounds.under(this.#dependencies.watermarks());
    return this.#tests.map(({ test, evaluator, watermarkIds }, k) => {
      const isMoving = chunk.rowBounds !== null && watermarkIds.includes(chunk.rowBounds.watermarkId);
      const bound = isMoving ? this.#highestBound(test, chunk) : bounds[k];
      if (bound <= NO_BOUND) return null;
      return { column: evaluator.evaluate(chunk, this.#dependencies.context())[0], bound, isMoving };
    });
  }

  /** Bounds never fall within a chunk, so the last row's is the highest. */
  #highestBound(test: LateTest, { rowBounds, sel, length }: Chunk): bigint {
    const last = sel === null ? length - 1 : sel[sel.length - 1];
    return rowBounds === null ? NO_BOUND : this.#boundAt(test, rowBounds.watermarkId, rowBounds.bounds[last]);
  }

  #boundAt(test: LateTest, watermarkId: number, watermark: bigint): bigint {
    const moved = [...this.#dependencies.watermarks()];
    moved[watermarkId] = watermark;
    return evaluateBound(test.bound, moved);
  }

  /** By physical row: 0, or 1 + the test that found it late; null when no row is late. */
  #judge(chunk: Chunk, bounded: readonly (Bounded | null)[], selection: Selection): Uint8Array | null {
    let verdict: Uint8Array | null = null;
    for (const [k, each] of bounded.entries()) {
      if (each === null || countBelow(each.column, each.bound, selection) === 0) continue;
      verdict ??= new Uint8Array(chunk.length);
      const marks = { ...selection, verdict, mark: k + 1 };
      if (!each.isMoving || chunk.rowBounds === null) markBelow(each.column, each.bound, marks);
      else {
        const { rowBounds } = chunk;
        const boundAt = (watermark: bigint): bigint =>
          this.#boundAt(this.#tests[k].test, rowBounds.watermarkId, watermark);
        markBelowMoving(each.column, { ...marks, rowBounds, boundAt });
      }
    }
    return verdict;
  }

  #part(chunk: Chunk, bounded: readonly (Bounded | null)[], verdict: Uint8Array): void {
    const count = selectedCount(chunk);
    const kept = new Int32Array(count);
    const late: LateRow[] = [];
    let length = 0;
    for (let i = 0; i < count; i++) {
      const row = chunk.sel === null ? i : chunk.sel[i];
      const test = verdict[row] - 1;
      const by = test < 0 ? null : bounded[test];
      if (by === null) kept[length++] = row;
      else
        late.push({
          row,
          test,
          value: integerAt(by.column, row) ?? 0n,
          bound: this.#boundOf(chunk, by, { row, test }),
        });
    }
    if (late.length > 0) this.#report(chunk, late);
    if (length === 0) return;
    this.#dependencies.output.emit(late.length === 0 ? chunk : { ...chunk, sel: kept.subarray(0, length) });
  }

  #boundOf({ rowBounds }: Chunk, { bound, isMoving }: Bounded, at: { row: number; test: number }): bigint {
    if (!isMoving || rowBounds === null) return bound;
    return this.#boundAt(this.#tests[at.test].test, rowBounds.watermarkId, rowBounds.bounds[at.row]);
  }

  #report(chunk: Chunk, late: readonly LateRow[]): void {
    this.#dependencies.metrics.rowsDroppedLate += late.reduce(
      (sum, { row }) => sum + Math.abs(weightAt(chunk, row)),
      0,
    );
    this.#dependencies.lateRows(this.#lateRows.batchOf(chunk, late));
  }
}
