import type { OffsetRecord } from "../checkpoint/records.js";
import { MillraceError, QueryError } from "../common/millrace-error.js";
import type { QueryStatus, Trigger } from "../plan/engine.js";
import { type ReadLimit, UNLIMITED } from "../sources/source.js";
import { closeAll } from "./close-all.js";
import type { ChosenOffsets } from "./event-time-clock.js";
import { NewsWatch } from "./news-watch.js";
import { SignalGate } from "./signal-gate.js";
import type { OffsetRange } from "./source-reader.js";
import { StopTimeout } from "./stop-timeout.js";
import { decideTrigger, type TriggerDecision } from "./trigger-decision.js";
import type { TriggerRecord } from "./trigger-record.js";
import { type RunnerParts, TriggerRunner } from "./trigger-runner.js";

const INITIALIZING = statusOf("Initializing sources");
const PROCESSING = statusOf("Processing new data", { isDataAvailable: true, isTriggerActive: true });
const BETWEEN_TRIGGERS = statusOf("Waiting for next trigger");
const WAITING = statusOf("Waiting for data to arrive");
const STOPPED = statusOf("Stopped");
const FAILED = statusOf("Failed");

function statusOf(message: string, state: Partial<QueryStatus> = {}): QueryStatus {
  return Object.freeze({ message, isDataAvailable: false, isTriggerActive: false, ...state });
}

export interface LoopParts extends RunnerParts {
  readonly trigger: Trigger;
  readonly limit: ReadLimit;
  /** How long a stop waits for the trigger that runs; 0: it is given up at the next chunk. */
  readonly stopTimeoutMs: number;
  readonly events: LoopEvents;
}

/** What the loop tells; none of these may throw. */
export interface LoopEvents {
  progressed(record: TriggerRecord): void;
  idled(timestampMs: number): void;
}

/**
 * One running query: choose offsets, decide, run one trigger, deliver, repeat. Everything it does happens in `run`,
 * one step after the other; requests from outside only set a flag and open the gate.
 */
export class TriggerLoop {
  readonly #parts: LoopParts;
  readonly #runner: TriggerRunner;
  readonly #stopping = new AbortController();
  readonly #stopTimeout: StopTimeout;
  /** Cuts short the wait for the next processing time: stop, drain. */
  readonly #hurry = new AbortController();
  readonly #gate = new SignalGate();
  readonly #news: NewsWatch;
  /** The turn before ran a trigger. */
  #isBusy = false;
  readonly #endsTold = new Set<number>();
  /** Resolves, never rejects, when the loop has ended and everything it held is closed. */
  readonly ended: Promise<void>;
  exception: Error | null = null;
  isActive = true;
  /** Every row that was there has been processed, and every bound has gone to +infinity: nothing is held back any more. */
  isDrained = false;
  status: QueryStatus = INITIALIZING;
  #caughtUpWaiters: (() => void)[] = [];
  #newestTimeMs: number;
  #finish: () => void = () => {};

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#stopTimeout = new StopTimeout(parts.platform.clock, parts.stopTimeoutMs);
    this.#newestTimeMs = parts.start.chosenAtMs;
    this.#news = new NewsWatch({
      readers: parts.readers,
      clock: parts.platform.clock,
      gate: this.#gate,
      failed: (error) => {
        this.#keepFailure(error);
        this.requestStop();
      },
    });
    this.#runner = new TriggerRunner(parts);
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get recent(): readonly TriggerRecord[] {
    return this.#runner.recent;
  }

  get lateRows(): LoopParts["lateRows"] {
    return this.#parts.lateRows;
  }

  /** No further trigger begins; the one that runs may finish within the stop timeout. */
  requestStop(): void {
    if (!this.#stopping.signal.aborted) void this.#stopTimeout.begin();
    this.#stopping.abort();
    this.#hurry.abort();
    this.#gate.open();
    for (const { sink } of this.#writers()) this.#keepError(() => sink.interrupt?.());
  }

  requestDrain(): void {
    this.#hurry.abort();
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

  /** Runs to the end; keeps the failure in `exception`. Never rejects. */
  async run(): Promise<void> {
    try {
      if (this.#stopping.signal.aborted || !(await this.#prepare())) return;
      while (!this.#stopping.signal.aborted && (await this.#turn()));
    } catch (error) {
      this.#keepFailure(await this.#parts.journal.reasonOf(error));
    } finally {
      await this.#end();
    }
  }

  async #end(): Promise<void> {
    this.#stopTimeout.end();
    const { readers, journal } = this.#parts;
    const failure = await closeAll([...readers, ...this.#writers().map(({ sink }) => sink), journal]);
    if (failure !== null) this.#keepFailure(failure.error);
    this.isActive = false;
    this.status = this.exception === null ? STOPPED : FAILED;
    this.#releaseWaiters(this.#caughtUpWaiters.length);
    this.#finish();
  }

  /** False when there is nothing to run. */
  async #prepare(): Promise<boolean> {
    const { start, trigger } = this.#parts;
    await this.#stopTimeout.untilOver(this.#openReaders());
    if (start.isDrained) return this.#refuseNewRows();
    if (start.unfinished !== null && !(await this.#runUnfinished(start.unfinished))) return false;
    if (trigger.kind === "availableNow") await this.#fixTargets();
    return true;
  }

  async #openReaders(): Promise<void> {
    const { readers, start } = this.#parts;
    for (const [index, reader] of readers.entries()) {
      const saved = start.sources[index] ?? null;
      await reader.open(saved);
      if (saved?.ended === true) this.#endsTold.add(index);
    }
  }

  /** A drained query has sent its final rows: a row that comes now cannot be part of them. */
  async #refuseNewRows(): Promise<boolean> {
    const ranges = await this.#chooseOffsets();
    this.isDrained = true;
    if (!ranges.some(({ hasNewRows }) => hasNewRows)) return false;
    throw new QueryError("QUERY_DRAINED", "The query has been drained, and its sources have new rows.", {
      hint: "Start it with a new checkpoint directory (and a new target) to process them.",
    });
  }

  /** Runs the trigger that an earlier run has logged: the same ranges, the same time, the same idle sources. */
  #runUnfinished({ sources, batchTimeMs, idle, drain }: OffsetRecord): Promise<boolean> {
    const { readers, clock, sourceNames } = this.#parts;
    const byName = new Map(sources.map((range) => [range.source, range]));
    const ranges = readers.map((reader, index) => {
      const logged = byName.get(sourceNames[index]) ?? unread(reader.offset);
      return reader.loggedRange(logged);
    });
    clock.setIdle(idle);
    this.#timeOfTrigger(batchTimeMs);
    return this.#runTrigger(
      { chosenAtMs: batchTimeMs, ranges },
      { latestOffsetMs: 0, endOfTime: drain, isLogged: true },
    );
  }

  #fixTargets(): Promise<void> {
    return this.#stopTimeout.untilOver(this.#fixTargetsOf(this.#parts.readers));
  }

  async #fixTargetsOf(readers: LoopParts["readers"]): Promise<void> {
    for (const reader of readers) await reader.fixTarget();
  }

  /** One turn of the loop; false when the query is over. */
  async #turn(): Promise<boolean> {
    const { clock } = this.#parts.platform;
    this.#gate.clear();
    const waiters = this.#caughtUpWaiters.length;
    const begun = clock.monotonic();
    // What is there now is all that a draining query still reads, or a busy source would keep it for ever.
    const drains = this.#isDraining();
    if (drains) await this.#fixTargets();
    const chosenAtMs = this.#timeOfTrigger(clock.now());
    const offsets = { chosenAtMs, ranges: await this.#chooseOffsets() };
    const decision = this.#decide(offsets, drains);
    switch (decision) {
      case "run":
      case "drain": {
        const how = { latestOffsetMs: clock.monotonic() - begun, endOfTime: decision === "drain", isLogged: false };
        // A source that always has rows must not keep timers and signals out.
        if (this.#isBusy) await this.#runner.yield();
        this.#isBusy = true;
        return this.#runTrigger(offsets, how);
      }
      case "wait":
        this.#isBusy = false;
        this.#releaseWaiters(waiters);
        await this.#waitForNews(offsets);
        return true;
      case "end":
        return false;
    }
  }

  #isDraining(): boolean {
    return this.#hurry.signal.aborted && !this.#stopping.signal.aborted;
  }

  #chooseOffsets(): Promise<readonly OffsetRange[]> {
    return this.#stopTimeout.untilOver(this.#nextRanges());
  }

  async #nextRanges(): Promise<readonly OffsetRange[]> {
    const limit = this.#parts.trigger.kind === "once" ? UNLIMITED : this.#parts.limit;
    const ranges: OffsetRange[] = [];
    for (const reader of this.#parts.readers) ranges.push(await reader.nextRange(limit));
    return ranges;
  }

  #decide(offsets: ChosenOffsets, drainRequested: boolean): TriggerDecision {
    const { clock, trigger } = this.#parts;
    const { ranges } = offsets;
    return decideTrigger({
      hasNewRows: ranges.some((range) => range.hasNewRows),
      newlyEnded: ranges.some((range, index) => range.ended && !this.#endsTold.has(index)),
      allEnded: ranges.every((range, index) => range.ended && this.#endsTold.has(index)),
      idleMoves: clock.decideIdle(offsets),
      drainRequested,
      trigger: trigger.kind,
      triggersRun: this.#runner.triggersRun,
    });
  }

  /** False when nothing can follow. */
  async #runTrigger(
    offsets: ChosenOffsets,
    how: { latestOffsetMs: number; endOfTime: boolean; isLogged: boolean },
  ): Promise<boolean> {
    this.status = PROCESSING;
    const isLast = how.endOfTime || offsets.ranges.every(({ ended }, index) => ended || this.#endsTold.has(index));
    const record = await this.#stopTimeout.untilSignalled(
      this.#runner.run({ offsets, ...how, isLast, signal: this.#stopTimeout.signal }),
    );
    for (const [index, { ended }] of offsets.ranges.entries()) if (ended) this.#endsTold.add(index);
    this.status = BETWEEN_TRIGGERS;
    this.isDrained = isLast;
    this.#parts.events.progressed(record);
    if (this.isDrained) return false;
    const waiting = this.#waitForProcessingTime(offsets.chosenAtMs + 1);
    if (waiting !== undefined) await waiting;
    return true;
  }

  /** The clock may step back; the time of triggers does not. */
  #timeOfTrigger(now: number): number {
    this.#newestTimeMs = Math.max(now, this.#newestTimeMs);
    return this.#newestTimeMs;
  }

  /**
   * processingTime: the next trigger starts at the first multiple of the interval from `earliestMs` on; at once when that is over,
   * and after one interval where the clock has stepped back. stop and drain cut it short.
   */
  #waitForProcessingTime(earliestMs: number): Promise<void> | undefined {
    const { trigger, platform } = this.#parts;
    if (trigger.kind !== "processingTime") return undefined;
    const boundary = Math.ceil(earliestMs / trigger.intervalMs) * trigger.intervalMs;
    const rest = Math.min(boundary - platform.clock.now(), trigger.intervalMs);
    return rest > 0 ? platform.clock.sleep(rest, this.#hurry.signal) : undefined;
  }

  async #waitForNews(offsets: ChosenOffsets): Promise<void> {
    const { platform, events } = this.#parts;
    this.status = WAITING;
    events.idled(offsets.chosenAtMs);
    await this.#news.wait(this.#parts.clock.nextIdleAt(offsets));
    const waiting = this.#waitForProcessingTime(platform.clock.now());
    if (waiting !== undefined) await waiting;
  }

  #writers(): readonly RunnerParts["sink"][] {
    const { sink, late } = this.#parts;
    return late === null ? [sink] : [sink, late.writer];
  }

  #keepError(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#keepFailure(error);
    }
  }

  /** The first failure is the one to tell. Being stopped is none. */
  #keepFailure(error: unknown): void {
    if (this.#stopTimeout.isMeantBy(error)) return;
    this.exception ??= asError(error);
  }

  #releaseWaiters(count: number): void {
    for (const release of this.#caughtUpWaiters.splice(0, count)) release();
  }
}

/** A source that the logged trigger did not know yet. */
function unread(offset: OffsetRange["from"]): Omit<OffsetRange, "hasNewRows"> {
  return { from: offset, to: offset, behind: [], ended: false };
}

function asError(error: unknown): Error {
  if (error instanceof MillraceError || error instanceof Error) return error;
  return new QueryError("QUERY_FAILED", `The query failed with ${String(error)}.`, { cause: error });
}
