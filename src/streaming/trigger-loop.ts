import { MillraceError, QueryError } from "../common/millrace-error.js";
import type { QueryStatus, Trigger } from "../plan/engine.js";
import { type ReadLimit, UNLIMITED } from "../sources/source.js";
import { closeAll } from "./close-all.js";
import type { ChosenOffsets } from "./event-time-clock.js";
import { SignalGate } from "./signal-gate.js";
import type { OffsetRange } from "./source-reader.js";
import { decideTrigger, type TriggerDecision } from "./trigger-decision.js";
import type { TriggerRecord } from "./trigger-record.js";
import { type RunnerParts, TriggerRunner } from "./trigger-runner.js";

/** Why a wait ends. A reason of our own: without one every wait would make an exception with a stack trace. */
const NEWS = Symbol("news");

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
  readonly events: LoopEvents;
}

/** What the loop tells; none of these may throw. */
export interface LoopEvents {
  progressed(record: TriggerRecord): void;
  idled(timestampMs: number): void;
  /** Everything is closed; nothing follows. */
  ended(): void;
}

/**
 * One running query: choose offsets, decide, run one trigger, deliver, repeat. Everything it does happens in `run`,
 * one step after the other; requests from outside only set a flag and open the gate.
 */
export class TriggerLoop {
  readonly #parts: LoopParts;
  readonly #runner: TriggerRunner;
  readonly #stopping = new AbortController();
  /** Cuts short the wait for the next processing time: stop, drain. */
  readonly #hurry = new AbortController();
  readonly #gate = new SignalGate();
  /** Ends waits for news. It serves one wait after the other until it had to be used. */
  #waiting = new AbortController();
  /** Sources and timeouts that are being waited for. */
  #watches = 0;
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
  #finish: () => void = () => {};

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#runner = new TriggerRunner(parts);
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get recent(): readonly TriggerRecord[] {
    return this.#runner.recent;
  }

  get lateRows(): TriggerRunner["lateRows"] {
    return this.#runner.lateRows;
  }

  requestStop(): void {
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
      if (!this.#stopping.signal.aborted) await this.#prepare();
      while (!this.#stopping.signal.aborted && (await this.#turn()));
    } catch (error) {
      this.#keepFailure(error);
    }
    const failure = await closeAll([...this.#parts.readers, ...this.#writers().map(({ sink }) => sink)]);
    if (failure !== null) this.#keepFailure(failure.error);
    this.isActive = false;
    this.status = this.exception === null ? STOPPED : FAILED;
    this.#releaseWaiters(this.#caughtUpWaiters.length);
    this.#parts.events.ended();
    this.#finish();
  }

  async #prepare(): Promise<void> {
    for (const reader of this.#parts.readers) await reader.open();
    if (this.#parts.trigger.kind === "availableNow") await this.#fixTargets();
  }

  async #fixTargets(): Promise<void> {
    for (const reader of this.#parts.readers) await reader.fixTarget();
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
    const chosenAtMs = clock.now();
    const offsets = { chosenAtMs, ranges: await this.#chooseOffsets() };
    const decision = this.#decide(offsets, drains);
    switch (decision) {
      case "run":
      case "drain": {
        const how = { latestOffsetMs: clock.monotonic() - begun, endOfTime: decision === "drain" };
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

  async #chooseOffsets(): Promise<readonly OffsetRange[]> {
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
  async #runTrigger(offsets: ChosenOffsets, how: { latestOffsetMs: number; endOfTime: boolean }): Promise<boolean> {
    this.status = PROCESSING;
    const record = await this.#runner.run({ offsets, ...how, signal: this.#stopping.signal });
    for (const [index, { ended }] of offsets.ranges.entries()) if (ended) this.#endsTold.add(index);
    this.status = BETWEEN_TRIGGERS;
    this.isDrained = how.endOfTime || this.#endsTold.size === offsets.ranges.length;
    this.#parts.events.progressed(record);
    if (this.isDrained) return false;
    await this.#waitForProcessingTime(offsets.chosenAtMs + 1);
    return true;
  }

  /**
   * processingTime: the next trigger starts at the first multiple of the interval from `earliestMs` on; at once when that is over.
   * stop and drain cut it short.
   */
  async #waitForProcessingTime(earliestMs: number): Promise<void> {
    const { trigger, platform } = this.#parts;
    if (trigger.kind !== "processingTime") return;
    const boundary = Math.ceil(earliestMs / trigger.intervalMs) * trigger.intervalMs;
    const rest = boundary - platform.clock.now();
    if (rest > 0) await platform.clock.sleep(rest, this.#hurry.signal);
  }

  async #waitForNews(offsets: ChosenOffsets): Promise<void> {
    const { platform, events } = this.#parts;
    this.status = WAITING;
    events.idled(offsets.chosenAtMs);
    const { signal } = this.#waiting;
    const changes = this.#parts.readers.filter((reader) => !reader.ended).map((reader) => this.#watch(reader, signal));
    const idleAt = this.#parts.clock.nextIdleAt(offsets);
    if (idleAt !== null) changes.push(this.#wakeAt(idleAt, signal));
    await this.#gate.wait();
    if (this.#watches > 0) this.#endWatches();
    await Promise.all(changes);
    await this.#waitForProcessingTime(platform.clock.now());
  }

  /** Opens the gate when the source may have news. A source that cannot say so ends the query with its error. */
  async #watch(reader: LoopParts["readers"][number], signal: AbortSignal): Promise<void> {
    this.#watches++;
    try {
      await reader.source.changed(reader.offset, signal);
    } catch (error) {
      // A source may take the signal for a failure.
      if (signal.aborted) return;
      this.#keepFailure(error);
      this.requestStop();
    } finally {
      this.#watches--;
    }
    if (!signal.aborted) this.#gate.open();
  }

  async #wakeAt(atMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.platform;
    this.#watches++;
    await clock.sleep(Math.max(1, atMs - clock.now()), signal);
    this.#watches--;
    if (!signal.aborted) this.#gate.open();
  }

  #endWatches(): void {
    this.#waiting.abort(NEWS);
    this.#waiting = new AbortController();
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
    const { aborted, reason } = this.#stopping.signal;
    if (aborted && (error === reason || (error instanceof Error && error.name === "AbortError"))) return;
    this.exception ??= asError(error);
  }

  #releaseWaiters(count: number): void {
    for (const release of this.#caughtUpWaiters.splice(0, count)) release();
  }
}

function asError(error: unknown): Error {
  if (error instanceof MillraceError || error instanceof Error) return error;
  return new QueryError("QUERY_FAILED", `The query failed with ${String(error)}.`, { cause: error });
}
