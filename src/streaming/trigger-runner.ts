import type { Platform } from "../common/platform.js";
import { conformLateRows } from "../execution/operators/conform-late-rows.js";
import type { LateRowsBatch } from "../execution/operators/late-rows.js";
import type { Pipeline } from "../execution/pipeline.js";
import { mergeStatistics } from "../execution/watermark-tracker.js";
import type { Schema } from "../types/data-type.js";
import { EventLoopTurn } from "./event-loop-turn.js";
import type { ChosenOffsets, EventTimeClock } from "./event-time-clock.js";
import { findHeldBack } from "./held-back.js";
import { LateRowStore } from "./late-row-store.js";
import type { QueryIdentity } from "./micro-batch-query.js";
import type { TriggerMeasures } from "./progress-report.js";
import { readTrigger } from "./read-trigger.js";
import type { SinkWriter } from "./sink-writer.js";
import type { SourceReader } from "./source-reader.js";
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
}

/** What the loop has decided for one trigger. */
export interface TriggerTurn {
  readonly offsets: ChosenOffsets;
  /** How long choosing the offsets took. */
  readonly latestOffsetMs: number;
  /** drain(): every bound goes to +infinity at the end of the trigger. */
  readonly endOfTime: boolean;
  readonly signal: AbortSignal;
}

/** Runs triggers, one after the other, and remembers what they had to tell. After a failure it must not be used any more. */
export class TriggerRunner {
  readonly #parts: RunnerParts;
  readonly #turn: EventLoopTurn;
  readonly recent: TriggerRecord[] = [];
  readonly lateRows = new LateRowStore();
  #batchId = 0;
  #lastStart: number | null = null;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#turn = new EventLoopTurn(parts.platform);
  }

  get triggersRun(): number {
    return this.#batchId;
  }

  async run(trigger: TriggerTurn): Promise<TriggerRecord> {
    const { pipeline, readers, clock, platform } = this.#parts;
    const { ranges, chosenAtMs } = trigger.offsets;
    const begun = platform.clock.monotonic();
    pipeline.beginTrigger({ batchId: this.#batchId, batchTime: BigInt(Math.trunc(chosenAtMs)) * MICROS_PER_MS });
    const rowsBySource = await readTrigger({ pipeline, readers, ranges, turn: this.#turn, signal: trigger.signal });
    pipeline.endTrigger(clock.advance(trigger.offsets, trigger.endOfTime));
    const rowsSent = await this.#deliver();
    const delivered = platform.clock.monotonic();
    for (const [index, reader] of readers.entries()) await reader.commit(ranges[index]);
    const done = platform.clock.monotonic();
    const record = this.#record(trigger, {
      rowsBySource,
      rowsSent,
      durations: {
        latestOffset: trigger.latestOffsetMs,
        addBatch: delivered - begun,
        commitOffsets: done - delivered,
        triggerExecution: trigger.latestOffsetMs + done - begun,
      },
    });
    this.#batchId++;
    await this.#turn.yieldIfLong();
    return record;
  }

  /** Timers, sockets and signals get their turn. */
  yield(): Promise<void> {
    return this.#turn.yield();
  }

  async #deliver(): Promise<number> {
    const { pipeline, sink } = this.#parts;
    const late = pipeline.takeLateRows();
    for (const batch of late) this.lateRows.add(batch.operatorName, batch.chunk);
    const rows = await sink.deliver(this.#batchId, pipeline.takeOutput());
    if (late.length > 0) await this.#deliverLate(late);
    return rows;
  }

  async #deliverLate(batches: readonly LateRowsBatch[]): Promise<void> {
    const { late } = this.#parts;
    if (late === null) return;
    const rows = batches.map(({ chunk }) => ({ chunk: conformLateRows(chunk, late.schema), op: null }));
    await late.writer.deliver(this.#batchId, rows);
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
