import { QueryError } from "../common/millrace-error.js";
import type { LateRowsOfOperator, QueryGuarantee, QueryHandle, QueryStatus } from "../plan/engine.js";
import { explainStream } from "../plan/explain.js";
import type { QueryProgress } from "../plan/query-progress.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";
import type { RestartingLoop } from "./restarting-loop.js";

/** Identity of a query; `id` survives restarts (with a checkpoint), `runId` does not. */
export interface QueryIdentity {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
}

/** The handle `start()` gives: watches the trigger loops of one query and passes requests to it. Its promises never reject unobserved. */
export class MicroBatchQuery implements QueryHandle {
  readonly guarantee: QueryGuarantee;
  readonly #identity: QueryIdentity;
  readonly #plan: StreamingPlan;
  readonly #loop: RestartingLoop;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;

  constructor(parts: {
    identity: QueryIdentity;
    plan: StreamingPlan;
    guarantee: QueryGuarantee;
    loop: RestartingLoop;
    sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  }) {
    this.#identity = parts.identity;
    this.#plan = parts.plan;
    this.guarantee = parts.guarantee;
    this.#loop = parts.loop;
    this.#sleep = parts.sleep;
  }

  get id(): string {
    return this.#identity.id;
  }

  get runId(): string {
    return this.#identity.runId;
  }

  get name(): string | null {
    return this.#identity.name;
  }

  get isActive(): boolean {
    return this.#loop.isActive;
  }

  get status(): QueryStatus {
    return this.#loop.status;
  }

  get lastProgress(): QueryProgress | null {
    return this.#loop.recent.at(-1)?.progress ?? null;
  }

  get recentProgress(): readonly QueryProgress[] {
    return this.#loop.recent.map((record) => record.progress);
  }

  get exception(): Error | null {
    return this.#loop.exception;
  }

  async awaitTermination(timeoutMs?: number): Promise<boolean> {
    if (timeoutMs === undefined) await this.#loop.ended;
    else await this.#endedWithin(timeoutMs);
    if (this.#loop.exception !== null) throw this.#loop.exception;
    return !this.#loop.isActive;
  }

  async processAllAvailable(): Promise<void> {
    await this.#loop.caughtUp();
    if (this.#loop.exception !== null) throw this.#loop.exception;
  }

  async drain(): Promise<void> {
    if (!this.isActive) {
      throw new QueryError("QUERY_NOT_ACTIVE", "drain() was called on a query that has ended.", {
        hint: "Start the query again, then drain it.",
      });
    }
    this.#loop.requestDrain();
    await this.awaitTermination();
    if (this.#loop.isDrained) return;
    throw new QueryError("DRAIN_CUT_SHORT", "The query was stopped before it was drained.", {
      hint: "Rows that it held back have not come out.",
    });
  }

  async stop(): Promise<void> {
    this.#loop.requestStop();
    await this.#loop.ended;
  }

  explain(): string {
    return explainStream(this.#plan);
  }

  lateRows(operator?: string): readonly LateRowsOfOperator[] {
    return this.#loop.lateRows(operator);
  }

  async #endedWithin(timeoutMs: number): Promise<void> {
    const waiting = new AbortController();
    try {
      await Promise.race([this.#loop.ended, this.#sleep(timeoutMs, waiting.signal)]);
    } finally {
      waiting.abort();
    }
  }
}
