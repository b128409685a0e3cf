import type { Clock } from "../common/clock.js";
import { QueryError } from "../common/millrace-error.js";
import type { LateRowsOfOperator, QueryStatus, RestartRequest } from "../plan/engine.js";
import type { TriggerLoop } from "./trigger-loop.js";
import type { TriggerRecord } from "./trigger-record.js";

const RECORDS_KEPT = 100;
const RESTARTING: QueryStatus = Object.freeze({
  message: "Waiting to restart",
  isDataAvailable: false,
  isTriggerActive: false,
});

export interface RestartingParts {
  readonly first: TriggerLoop;
  readonly restart: RestartRequest | null;
  /** Opens the query again from its checkpoint. */
  readonly reopen: () => Promise<TriggerLoop>;
  readonly clock: Clock;
  /** Tells the operator of the process that the query failed and will be opened again. */
  readonly warn: (message: string) => void;
  /** Everything is closed; nothing follows. Must not throw. */
  readonly ended: () => void;
}

/**
 * A query over its failures: one trigger loop after the other, each opened from the checkpoint that the last one left,
 * until one ends without a failure, or has failed too often in a row. A loop that has finished a trigger ends a row.
 */
export class RestartingLoop {
  readonly #parts: RestartingParts;
  readonly #stopping = new AbortController();
  /** Resolves, never rejects, when everything has ended. */
  readonly ended: Promise<void>;
  isActive = true;
  #current: TriggerLoop;
  #isRestarting = false;
  #drains = false;
  #openingFailure: Error | null = null;
  #failures = 0;
  #previous: TriggerRecord[] = [];
  #reopened: (() => void)[] = [];
  #finish: () => void = () => {};

  constructor(parts: RestartingParts) {
    this.#parts = parts;
    this.#current = parts.first;
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get exception(): Error | null {
    return this.#isRestarting ? null : (this.#openingFailure ?? this.#current.exception);
  }

  get isDrained(): boolean {
    return this.#current.isDrained;
  }

  get status(): QueryStatus {
    return this.#isRestarting ? RESTARTING : this.#current.status;
  }

  /** The newest, those of loops that failed included. */
  get recent(): readonly TriggerRecord[] {
    return this.#previous.length === 0
      ? this.#current.recent
      : [...this.#previous, ...this.#current.recent].slice(-RECORDS_KEPT);
  }

  lateRows(operator?: string): readonly LateRowsOfOperator[] {
    return this.#current.lateRows.rowsOf(operator);
  }

  requestStop(): void {
    this.#stopping.abort();
    this.#current.requestStop();
  }

  requestDrain(): void {
    this.#drains = true;
    this.#current.requestDrain();
  }

  /** Resolves when a loop has looked for new rows after this call and found none, or everything has ended. */
  async caughtUp(): Promise<void> {
    while (this.isActive) {
      if (this.#isRestarting) {
        await this.#nextLoop();
        continue;
      }
      const loop = this.#current;
      await loop.caughtUp();
      if (loop.isActive) return;
      await this.#nextLoop();
    }
  }

  /** Runs to the end. Never rejects. */
  async run(): Promise<void> {
    await this.#current.run();
    while (this.#mayRestart()) await this.#restartOnce();
    this.#isRestarting = false;
    this.isActive = false;
    this.#parts.ended();
    this.#release();
    this.#finish();
  }

  #mayRestart(): boolean {
    const { restart } = this.#parts;
    const failed = this.#openingFailure !== null || this.#current.exception !== null;
    if (restart === null || !failed || this.#stopping.signal.aborted) return false;
    if (this.#openingFailure === null && this.#current.recent.length > 0) this.#failures = 0;
    return this.#failures < restart.times;
  }

  async #restartOnce(): Promise<void> {
    const { restart, clock, warn } = this.#parts;
    const failure = this.#openingFailure ?? this.#current.exception;
    this.#isRestarting = true;
    this.#failures++;
    warn(`A streaming query failed and will be opened again from its checkpoint: ${String(failure)}`);
    await clock.sleep(restart?.backoffMs ?? 0, this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    try {
      const next = await this.#parts.reopen();
      this.#previous = [...this.recent];
      this.#current = next;
      this.#openingFailure = null;
    } catch (error) {
      this.#openingFailure = cannotReopen(error, this.#current.exception);
      return;
    }
    this.#isRestarting = false;
    if (this.#drains) this.#current.requestDrain();
    if (this.#stopping.signal.aborted) this.#current.requestStop();
    this.#release();
    await this.#current.run();
  }

  /** Resolves when another loop runs, or everything has ended. */
  #nextLoop(): Promise<void> {
    if (!this.isActive) return Promise.resolve();
    return new Promise((resolve) => {
      this.#reopened.push(resolve);
    });
  }

  #release(): void {
    for (const resolve of this.#reopened.splice(0)) resolve();
  }
}

/** Why a query stays down: what ended it comes first, as the cause, since opening it again may fail for another reason. */
function cannotReopen(error: unknown, first: Error | null): Error {
  const why = error instanceof Error ? error.message : String(error);
  if (first === null) return error instanceof Error ? error : new Error(why);
  return new QueryError(
    "RESTART_FAILED",
    `The query failed (${first.message}) and could not be opened again (${why}).`,
    {
      hint: "Start the program again: a new process opens what a running one cannot open twice.",
      cause: first,
    },
  );
}
