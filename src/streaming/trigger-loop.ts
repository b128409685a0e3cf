import { MillraceError, QueryError } from "../common/millrace-error.js";
import type { Platform } from "../common/platform.js";
import type { Pipeline } from "../execution/pipeline.js";
import type { QueryStatus, Trigger } from "../plan/engine.js";
import type { QueryProgress } from "../plan/query-progress.js";
import { type ReadLimit, UNLIMITED } from "../sources/source.js";
import type { EventTimeClock } from "./event-time-clock.js";
import { heldBackBy } from "./held-back.js";
import { LateRowStore } from "./late-row-store.js";
import type { QueryIdentity } from "./micro-batch-query.js";
import { mergeStatistics } from "../execution/watermark-tracker.js";
import { progressOf } from "./progress-report.js";
import { SignalGate } from "./signal-gate.js";
import type { SinkWriter } from "./sink-writer.js";
import { hasNewRows, type OffsetRange, type SourceReader } from "./source-reader.js";
import { decideTrigger, type TriggerDecision } from "./trigger-decision.js";
import { readTrigger } from "./trigger-run.js";

const PROGRESS_KEPT = 100;
const MICROS_PER_MS = 1000n;

export interface LoopParts {
  readonly identity: QueryIdentity;
  readonly pipeline: Pipeline;
  readonly readers: readonly SourceReader[];
  readonly clock: EventTimeClock;
  readonly sink: SinkWriter;
  /** Second sink for rows of `operator` (null: of every operator) that came too late. */
  readonly lateSink: SinkWriter | null;
  readonly trigger: Trigger;
  readonly limit: ReadLimit;
  readonly platform: Platform;
  readonly events: LoopEvents;
}

export interface LoopEvents {
  progressed(progress: QueryProgress): void;
  idled(timestampMs: number): void;
}

/**
 * One running query: choose offsets, decide, run one trigger, deliver, repeat. Everything it does happens in `run`,
 * one step after the other; requests from outside only set a flag and open the gate.
 */
export class TriggerLoop {
  readonly #parts: LoopParts;
  readonly #stopping = new AbortController();
  readonly #gate = new SignalGate();
  readonly recentProgress: QueryProgress[] = [];
  readonly lateRows = new LateRowStore();
  /** Resolves, never rejects, when the loop has ended and everything it held is closed. */
  readonly ended: Promise<void>;
  exception: Error | null = null;
  isActive = true;
  status: QueryStatus = { message: "Initializing sources", isDataAvailable: false, isTriggerActive: false };

  #batchId = 0;
  #drainRequested = false;
  #toldEnded = new Set<number>();
  #lastStart: number | null = null;
  #caughtUpWaiters: (() => void)[] = [];
  #finish: () => void = () => {};

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  requestStop(): void {
    this.#stopping.abort();
    this.#parts.sink.sink.interrupt?.();
    this.#parts.lateSink?.sink.interrupt?.();
    this.#gate.open();
  }

  requestDrain(): void {
    this.#drainRequested = true;
    this.#gate.open();
  }

  /** Resolves when the loop has looked for new rows after this call and found none, or has ended. */
  caughtUp(): Promise<void> {
    if (!this.isActive) return Promise.resolve();
    return new Promise((resolve) => {
      this.#caughtUpWaiters.push(resolve);
      this.#gate.open();
    });
  }

  /** Runs to the end; keeps the failure in `exception`. */
  async run(onEnd: () => void): Promise<void> {
    try {
      await this.#prepare();
      while (!this.#stopping.signal.aborted && (await this.#turn()));
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.exception = asError(error);
    }
    await this.#close();
    this.isActive = false;
    this.status = { message: this.exception === null ? "Stopped" : "Failed", isDataAvailable: false, isTriggerActive: false };
    this.#releaseWaiters(this.#caughtUpWaiters.length);
    onEnd();
    this.#finish();
  }

  async #prepare(): Promise<void> {
    this.#parts.clock.start(this.#parts.platform.clock.now());
    for (const reader of this.#parts.readers) await reader.open();
    if (this.#parts.trigger.kind !== "availableNow") return;
    for (const reader of this.#parts.readers) await reader.fixTarget(UNLIMITED);
  }

  /** One turn of the loop; false when the query is over. */
  async #turn(): Promise<boolean> {
    const startedAt = this.#parts.platform.clock.now();
    const waiters = this.#caughtUpWaiters.length;
    const begun = this.#parts.platform.clock.monotonic();
    const ranges = await this.#chooseOffsets();
    const latestOffset = this.#parts.platform.clock.monotonic() - begun;
    const decision = this.#decide(ranges, startedAt);
    switch (decision) {
      case "run":
      case "drain":
        await this.#runTrigger({ ranges, startedAt, latestOffset, endOfTime: decision === "drain" });
        await this.#waitForBoundary(startedAt);
        return decision === "run";
      case "wait":
        this.#releaseWaiters(waiters);
        await this.#waitForNews(startedAt);
        return true;
      case "end":
        return false;
    }
  }

  async #chooseOffsets(): Promise<readonly OffsetRange[]> {
    const limit = this.#parts.trigger.kind === "once" ? UNLIMITED : this.#parts.limit;
    const ranges: OffsetRange[] = [];
    for (const reader of this.#parts.readers) ranges.push(await reader.nextRange(limit));
    return ranges;
  }

  #decide(ranges: readonly OffsetRange[], nowMs: number): TriggerDecision {
    const isNew = ranges.map(hasNewRows);
    const ended = ranges.map((range, index) => range.ended && !this.#toldEnded.has(index));
    return decideTrigger({
      hasNewRows: isNew.some(Boolean),
      newlyEnded: ended.some(Boolean),
      allEnded: ranges.every((range) => range.ended),
      idleChanged: this.#parts.clock.decideIdle(nowMs, (index) => isNew[index] === true),
      drainRequested: this.#drainRequested,
      trigger: this.#parts.trigger.kind,
      triggersRun: this.#batchId,
    });
  }

  async #runTrigger(turn: { ranges: readonly OffsetRange[]; startedAt: number; latestOffset: number; endOfTime: boolean }): Promise<void> {
    const { pipeline, readers, platform, clock, sink } = this.#parts;
    const time = platform.clock;
    this.status = { message: "Processing new data", isDataAvailable: true, isTriggerActive: true };
    const begun = time.monotonic();
    pipeline.beginTrigger({ batchId: this.#batchId, batchTime: BigInt(Math.trunc(turn.startedAt)) * MICROS_PER_MS });
    const signal = this.#stopping.signal;
    const rowsBySource = await readTrigger({ pipeline, readers, ranges: turn.ranges, platform, signal });
    const watermarks = clock.advance(pipeline.watermarks, turn.ranges, { chosenAtMs: turn.startedAt, endOfTime: turn.endOfTime });
    pipeline.endTrigger(watermarks);
    const rows = await this.#deliver();
    const processed = time.monotonic();
    for (const [index, reader] of readers.entries()) await this.#commitSource(reader, turn.ranges[index], index);
    const done = time.monotonic();
    this.#report({
      startedAtMs: turn.startedAt,
      ranges: turn.ranges,
      rowsBySource,
      sink: { description: sink.sink.label, rows },
      durations: {
        latestOffset: turn.latestOffset,
        addBatch: processed - begun,
        commitOffsets: done - processed,
        triggerExecution: turn.latestOffset + done - begun,
      },
    });
    this.#batchId++;
    this.status = { message: "Waiting for next trigger", isDataAvailable: false, isTriggerActive: false };
  }

  async #deliver(): Promise<number> {
    const { pipeline, sink, lateSink } = this.#parts;
    const late = pipeline.takeLateRows();
    for (const batch of late) this.lateRows.add(batch.operatorName, batch.chunk);
    const rows = await sink.deliver(this.#batchId, pipeline.takeOutput());
    await lateSink?.deliver(
      this.#batchId,
      late.map((batch) => ({ chunk: batch.chunk, op: null })),
    );
    return rows;
  }

  async #commitSource(reader: SourceReader, range: OffsetRange | undefined, index: number): Promise<void> {
    if (range === undefined) return;
    if (range.ended) this.#toldEnded.add(index);
    await reader.commit(range);
  }

  #report(measured: Pick<Parameters<typeof progressOf>[0], "startedAtMs" | "ranges" | "rowsBySource" | "sink" | "durations">): void {
    const { identity, readers, pipeline, clock, events } = this.#parts;
    const trackers = pipeline.watermarks;
    const progress = progressOf({
      identity,
      batchId: this.#batchId,
      sinceLastMs: this.#lastStart === null ? null : measured.startedAtMs - this.#lastStart,
      readers,
      eventTime: mergeStatistics(trackers),
      watermarks: clock.watermarks,
      operators: pipeline.operatorMetrics(),
      heldBackBy: heldBackBy(pipeline.nextRelease(), clock.watermarks, { trackers, readers }),
      ...measured,
    });
    this.#lastStart = measured.startedAtMs;
    this.recentProgress.push(progress);
    if (this.recentProgress.length > PROGRESS_KEPT) this.recentProgress.shift();
    events.progressed(progress);
  }

  /** processingTime: the next trigger starts at the next multiple of the interval; a trigger that overran is followed at once. */
  async #waitForBoundary(startedAt: number): Promise<void> {
    const { trigger, platform } = this.#parts;
    if (trigger.kind !== "processingTime" || trigger.intervalMs <= 0) return;
    const boundary = (Math.floor(startedAt / trigger.intervalMs) + 1) * trigger.intervalMs;
    const rest = boundary - platform.clock.now();
    if (rest > 0) await this.#sleepUnlessAsked(rest);
  }

  /** Sleeps until the boundary; stop and drain cut it short. */
  async #sleepUnlessAsked(ms: number): Promise<void> {
    const cut = new AbortController();
    const abort = (): void => cut.abort();
    this.#stopping.signal.addEventListener("abort", abort);
    await this.#parts.platform.clock.sleep(ms, cut.signal);
    this.#stopping.signal.removeEventListener("abort", abort);
  }

  async #waitForNews(nowMs: number): Promise<void> {
    const { readers, platform, clock, trigger, events } = this.#parts;
    this.status = { message: "Waiting for data to arrive", isDataAvailable: false, isTriggerActive: false };
    events.idled(nowMs);
    const waiting = new AbortController();
    const wake = (): void => this.#gate.open();
    const changes = readers.filter((reader) => !reader.ended).map((reader) => reader.source.changed(reader.offset, waiting.signal));
    for (const change of changes) change.then(wake, (error) => this.#fail(error));
    const idleAt = clock.nextIdleAt();
    if (idleAt !== null) void platform.clock.sleep(Math.max(1, idleAt - nowMs + 1), waiting.signal).then(wake);
    try {
      await this.#gate.wait();
    } finally {
      waiting.abort();
      await Promise.allSettled(changes);
    }
    if (trigger.kind === "processingTime") await this.#waitForBoundary(nowMs);
  }

  /** A source that cannot say whether it changed ends the query with its error. */
  #fail(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.exception ??= asError(error);
    this.requestStop();
  }

  async #close(): Promise<void> {
    const { readers, sink, lateSink } = this.#parts;
    for (const reader of readers) await this.#keepFirstError(reader.source.close());
    await this.#keepFirstError(sink.close());
    if (lateSink !== null) await this.#keepFirstError(lateSink.close());
  }

  async #keepFirstError(closing: Promise<void>): Promise<void> {
    try {
      await closing;
    } catch (error) {
      this.exception ??= asError(error);
    }
  }

  #releaseWaiters(count: number): void {
    const released = this.#caughtUpWaiters.splice(0, count);
    for (const release of released) release();
  }
}

function asError(error: unknown): Error {
  if (error instanceof MillraceError) return error;
  if (error instanceof Error) return error;
  return new QueryError("QUERY_FAILED", `The query failed with ${String(error)}.`);
}
