import type { Chunk } from "../columnar/chunk.js";
import { selectedCount } from "../columnar/chunk-of.js";
import { assert } from "../common/assert.js";
import type { Watermarks } from "../plan/bound-expression.js";
import type { StatePart } from "../state/state-part.js";
import type { Operator, Output, TriggerContext } from "./operator.js";
import type { MutableMetrics } from "./operator-dependencies.js";
import type { OperatorMetrics } from "./operator-metrics.js";
import type { LateRowsBatch } from "./operators/late-rows.js";
import type { OutputBatch } from "./output/output-batch.js";
import type { OutputEncoder } from "./output/output-encoder.js";
import type { WatermarkTracker } from "./watermark-tracker.js";

/**
 * A lowered plan: rows of one trigger in, what the sink gets out. No clock, no I/O.
 *
 * Per trigger: beginTrigger, push any number of times (sources in plan order, partitions in order), endTrigger with the
 * new watermarks, then takeOutput and takeLateRows. After an error the pipeline must not be used any more: state is
 * changed in place and there is no way back.
 */
export interface Pipeline {
  beginTrigger(context: TriggerContext): void;
  push(sourceIndex: number, chunk: Chunk): void;
  endTrigger(watermarks: Watermarks): void;
  /** The batches of the trigger that has ended, in order. */
  takeOutput(): readonly OutputBatch[];
  takeLateRows(): LateRowsBatch[];
  /** By watermarkId. */
  readonly watermarks: readonly WatermarkTracker[];
  /** Of the operators that keep state, and of late filters that stand for none, in plan order. */
  operatorMetrics(): OperatorMetrics[];
  /** What the state that ends next waits for; null when none waits. */
  nextRelease(): NextRelease | null;
  /** The state of every operator that keeps some, in plan order, then that of the output; for a pipeline made `durable`. */
  readonly stateOf: readonly OperatorState[];
  /** Bytes that all state takes, for limits. */
  stateBytes(): number;
  /** The watermarks in force before the first trigger of this pipeline. */
  restore(watermarks: Watermarks): void;
}

/** `operatorName` waits until the bound of `column` passes `needs`; it stands at `bound` because of these watermarks. Microseconds. */
export interface NextRelease {
  readonly operatorName: string;
  readonly column: string;
  readonly needs: bigint;
  readonly bound: bigint;
  readonly watermarkIds: readonly number[];
}

/** One operator's state tables. */
export interface OperatorState {
  /** Its `.name()`, else its ordinal among the stateful operators of the analysed plan; "output" for the encoder. Stable over restarts. */
  readonly operator: string;
  /** For people: as explain prints it. */
  readonly title: string;
  readonly parts: readonly StatePart[];
}

/** Counters of one operator name: its state, and the late filter in front of it. */
export interface MeteredOperator {
  readonly operatorName: string;
  /** null: a late filter that protects no operator of its own. */
  readonly operator: Operator | null;
  readonly metrics: readonly MutableMetrics[];
}

/** What is shared while a trigger runs. */
export interface PipelineState {
  context: TriggerContext;
  /** OLD: in force since the end of the last trigger. */
  watermarks: Watermarks;
  readonly lateRows: LateRowsBatch[];
}

export interface PipelineParts {
  readonly state: PipelineState;
  /** By sourceIndex: where its rows go. */
  readonly sources: readonly Output[];
  /** Inputs before the operators above them. */
  readonly operators: readonly Operator[];
  readonly trackers: readonly WatermarkTracker[];
  readonly metered: readonly MeteredOperator[];
  readonly encoder: OutputEncoder;
  readonly stateOf: readonly OperatorState[];
  readonly nextRelease: (watermarks: Watermarks) => NextRelease | null;
}

/** Drives the operators of one plan through its triggers. */
export class PlanPipeline implements Pipeline {
  readonly #parts: PipelineParts;
  #output: readonly OutputBatch[] = [];
  #isRunning = false;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  get watermarks(): readonly WatermarkTracker[] {
    return this.#parts.trackers;
  }

  get stateOf(): readonly OperatorState[] {
    return this.#parts.stateOf;
  }

  stateBytes(): number {
    const { metered, encoder } = this.#parts;
    return metered.reduce((sum, { operator }) => sum + (operator?.stateSize().bytes ?? 0), encoder.bytes);
  }

  beginTrigger(context: TriggerContext): void {
    assert(!this.#isRunning, "a trigger begins after the last one has ended");
    this.#isRunning = true;
    this.#parts.state.context = context;
    for (const tracker of this.#parts.trackers) tracker.beginTrigger();
    for (const { metrics } of this.#parts.metered) for (const each of metrics) reset(each);
  }

  push(sourceIndex: number, chunk: Chunk): void {
    assert(this.#isRunning, "rows are pushed within a trigger");
    if (selectedCount(chunk) > 0) this.#parts.sources[sourceIndex].emit(chunk);
  }

  endTrigger(watermarks: Watermarks): void {
    assert(this.#isRunning, "a trigger ends once");
    const { operators, state, encoder } = this.#parts;
    for (const operator of operators) {
      operator.finish();
      operator.advance(watermarks);
    }
    this.#output = encoder.finish();
    state.watermarks = watermarks;
    this.#isRunning = false;
  }

  takeOutput(): readonly OutputBatch[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  takeLateRows(): LateRowsBatch[] {
    return this.#parts.state.lateRows.splice(0);
  }

  operatorMetrics(): OperatorMetrics[] {
    return this.#parts.metered.map(metricsOf);
  }

  nextRelease(): NextRelease | null {
    return this.#parts.nextRelease(this.#parts.state.watermarks);
  }

  restore(watermarks: Watermarks): void {
    assert(!this.#isRunning, "watermarks are restored before the first trigger");
    this.#parts.state.watermarks = watermarks;
  }
}

function reset(metrics: MutableMetrics): void {
  metrics.rowsUpdated = 0;
  metrics.rowsRemoved = 0;
  metrics.rowsDroppedLate = 0;
}

function metricsOf({ operatorName, operator, metrics }: MeteredOperator): OperatorMetrics {
  const size = operator?.stateSize() ?? { rows: 0, bytes: 0 };
  let numRowsUpdated = 0;
  let numRowsRemoved = 0;
  let numRowsDroppedByWatermark = 0;
  for (const { rowsUpdated, rowsRemoved, rowsDroppedLate } of metrics) {
    numRowsUpdated += rowsUpdated;
    numRowsRemoved += rowsRemoved;
    numRowsDroppedByWatermark += rowsDroppedLate;
  }
  return {
    operatorName,
    numRowsTotal: size.rows,
    numRowsUpdated,
    numRowsRemoved,
    numRowsDroppedByWatermark,
    memoryUsedBytes: size.bytes,
  };
}
