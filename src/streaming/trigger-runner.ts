import type { Json } from "../checkpoint/records.js";
import { QueryError } from "../common/millrace-error.js";
import type { Platform } from "../common/platform.js";
import type { OperatorMetrics } from "../execution/operator-metrics.js";
import { conformLateRows } from "../execution/operators/conform-late-rows.js";
import type { LateRowsBatch } from "../execution/operators/late-rows.js";
import type { Pipeline } from "../execution/pipeline.js";
import { mergeStatistics } from "../execution/watermark-tracker.js";
import type { Schema } from "../types/data-type.js";
import { EventLoopTurn } from "./event-loop-turn.js";
import type { ChosenOffsets, EventTimeClock } from "./event-time-clock.js";
import { findHeldBack } from "./held-back.js";
import type { LateRowStore } from "./late-row-store.js";
import type { QueryIdentity } from "./micro-batch-query.js";
import type { TriggerMeasures } from "./progress-report.js";
import { positionToJson } from "./query-position.js";
import { readTrigger } from "./read-trigger.js";
import type { SinkWriter } from "./sink-writer.js";
import type { SourceReader } from "./source-reader.js";
import type { StartingPoint } from "./starting-point.js";
import { takePosition } from "./take-position.js";
import type { Delivery, TriggerJournal } from "./trigger-journal.js";
import { TriggerRecord } from "./trigger-record.js";

const RECORDS_KEPT = 100;
const MICROS_PER_MS = 1000n;

export interface RunnerParts {
  readonly identity: QueryIdentity;
  readonly pipeline: Pipeline;
  readonly readers: readonly SourceReader[];
  readonly clock: EventTimeClock;
  readonly sink: SinkWriter;
  /** Second sink for rows that came too late, with the schema of all their operators. */
  readonly late: { readonly writer: SinkWriter; readonly schema: Schema } | null;
  readonly platform: Platform;
  readonly journal: TriggerJournal;
  /** By source, in plan order: its name in records. */
  readonly sourceNames: readonly string[];
  readonly lateRows: LateRowStore;
  readonly start: StartingPoint;
  /** More state than this ends the query; null: no limit. */
  readonly maxStateBytes: number | null;
}

/** What the loop has decided for one trigger. */
export interface TriggerTurn {
  readonly offsets: ChosenOffsets;
  /** How long choosing the offsets took. */
  readonly latestOffsetMs: number;
  /** drain(): every bound goes to +infinity at the end of the trigger. */
  readonly endOfTime: boolean;
  /** Nothing can follow: every source has ended, or is drained. */
  readonly isLast: boolean;
  /** An earlier run has defined the trigger: it is not logged again. */
  readonly isLogged: boolean;
  readonly signal: AbortSignal;
}

/** Runs triggers, one after the other, and remembers what they had to tell. After a failure it must not be used any more. */
export class TriggerRunner {
  readonly #parts: RunnerParts;
  readonly #turn: EventLoopTurn;
  readonly recent: TriggerRecord[] = [];
  #batchId: number;
  #triggersRun = 0;
  #lastStart: number | null = null;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#batchId = parts.start.batch;
    this.#turn = new EventLoopTurn(parts.platform);
  }

  /** In this run, those left unfinished by an earlier one not counted. */
  get triggersRun(): number {
    return this.#triggersRun;
  }

  async run(trigger: TriggerTurn): Promise<TriggerRecord> {
    const { readers, platform, journal } = this.#parts;
    const monotonic = (): number => platform.clock.monotonic();
    const begun = monotonic();
    const logging = trigger.isLogged ? undefined : this.#log(trigger);
    if (logging !== undefined) await logging;
    const logged = monotonic();
    const rowsBySource = await this.#compute(trigger);
    const rowsSent = await this.#deliver(trigger);
    const delivered = monotonic();
    for (const [index, reader] of readers.entries()) await reader.commit(trigger.offsets.ranges[index]);
    const settling = journal.settle();
    if (settling !== undefined) await settling;
    const done = monotonic();
    const record = this.#record(trigger, {
      rowsBySource,
      rowsSent,
      durations: {
        latestOffset: trigger.latestOffsetMs,
        walCommit: logged - begun,
        addBatch: delivered - logged,
        commitOffsets: done - delivered,
        triggerExecution: trigger.latestOffsetMs + done - begun,
      },
    });
    this.#batchId++;
    if (!trigger.isLogged) this.#triggersRun++;
    const yielding = this.#turn.yieldIfLong();
    if (yielding !== undefined) await yielding;
    return record;
  }

  /** Timers, sockets and signals get their turn. */
  yield(): Promise<void> {
    return this.#turn.yield();
  }

  #log({ offsets, endOfTime }: TriggerTurn): Promise<void> | undefined {
    const { journal, clock } = this.#parts;
    return journal.begin({ batch: this.#batchId, offsets, idle: clock.idle, drain: endOfTime });
  }

  /** Reads what the offsets name into the plan; the plan has its output then. Returns the rows read, by source. */
  async #compute({ offsets, endOfTime, signal }: TriggerTurn): Promise<readonly number[]> {
    const { pipeline, readers, clock } = this.#parts;
    const { ranges, chosenAtMs } = offsets;
    pipeline.beginTrigger({ batchId: this.#batchId, batchTime: BigInt(Math.trunc(chosenAtMs)) * MICROS_PER_MS });
    const checkState = (): void => this.#checkState();
    const rows = await readTrigger({ pipeline, readers, ranges, turn: this.#turn, signal, checkState });
    pipeline.endTrigger(clock.advance(offsets, endOfTime));
    return rows;
  }

  async #deliver({ offsets, isLast }: TriggerTurn): Promise<number> {
    const { pipeline, sink, lateRows, journal } = this.#parts;
    const late = pipeline.takeLateRows();
    for (const batch of late) lateRows.add(batch.operatorName, batch.chunk);
    const batches = pipeline.takeOutput();
    const deliveries = [{ writer: sink, batches }, ...this.#lateDelivery(late)];
    const position = (): Json =>
      positionToJson(takePosition({ ...this.#parts, trackers: pipeline.watermarks }, offsets, isLast));
    const ranges = offsets.ranges.map(({ from, to }, i) => ({ source: this.#parts.sourceNames[i], from, to }));
    await journal.deliver({ batch: this.#batchId, ranges, deliveries, position, drained: isLast });
    return batches.reduce((rows, batch) => rows + batch.chunk.length, 0);
  }

  #lateDelivery(batches: readonly LateRowsBatch[]): readonly Delivery[] {
    const { late } = this.#parts;
    if (late === null || batches.length === 0) return [];
    const rows = batches.map(({ chunk }) => ({ chunk: conformLateRows(chunk, late.schema), op: null }));
    return [{ writer: late.writer, batches: rows }];
  }

  #checkState(): void {
    const { maxStateBytes, pipeline } = this.#parts;
    if (maxStateBytes === null) return;
    const bytes = pipeline.stateBytes();
    if (bytes <= maxStateBytes) return;
    throw new QueryError(
      "STATE_LIMIT_EXCEEDED",
      `The state of the query takes ${bytes} bytes; maxStateBytes is ${maxStateBytes}.`,
      {
        place: largestState(pipeline.operatorMetrics()),
        hint: "Add withWatermark and group by a window of it, so that old keys are forgotten; or raise maxStateBytes.",
      },
    );
  }

  #record({ offsets }: TriggerTurn, measures: TriggerMeasures): TriggerRecord {
    const { identity, readers, pipeline, clock, sink } = this.#parts;
    const trackers = pipeline.watermarks;
    const record = new TriggerRecord({
      rowsBySource: measures.rowsBySource,
      rowsSent: measures.rowsSent,
      durations: measures.durations,
      identity,
      batchId: this.#batchId,
      startedAtMs: offsets.chosenAtMs,
      sinceLastMs: this.#lastStart === null ? null : offsets.chosenAtMs - this.#lastStart,
      readers,
      ranges: offsets.ranges,
      sources: readers.map(({ source }, index) => source.report?.(offsets.ranges[index].to) ?? null),
      eventTime: mergeStatistics(trackers),
      watermarks: clock.watermarks,
      operators: pipeline.operatorMetrics(),
      sink: sink.sink.label,
      heldBack: findHeldBack(pipeline.nextRelease(), clock.watermarks, { trackers, readers }),
    });
    this.#lastStart = offsets.chosenAtMs;
    this.recent.push(record);
    if (this.recent.length > RECORDS_KEPT) this.recent.shift();
    return record;
  }
}

/** The operator that keeps most. */
function largestState(operators: readonly OperatorMetrics[]): string | undefined {
  const [largest] = [...operators].sort((a, b) => b.memoryUsedBytes - a.memoryUsedBytes);
  return largest?.operatorName;
}
