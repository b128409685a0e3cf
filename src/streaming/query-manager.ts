import type { Clock } from "../common/clock.js";
import { QueryError } from "../common/millrace-error.js";
import type { QueryHandle, QueryListener, QueryRegistry } from "../plan/engine.js";
import { ChangeSignal } from "../sources/change-signal.js";
import { isoInstant } from "./iso-instant.js";
import type { TriggerRecord } from "./trigger-record.js";

const MICROS_PER_MS = 1000n;

/** What the manager needs from the machine. */
export interface QueryManagerParts {
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** The queries of one session: `session.streams`. */
export class QueryManager implements QueryRegistry {
  readonly #parts: QueryManagerParts;
  readonly #active = new Map<string, QueryHandle>();
  /** Of queries that run or are about to. */
  readonly #names = new Set<string>();
  readonly #listeners = new Set<QueryListener>();
  readonly #endings = new ChangeSignal();
  /** Whether a query has ended since the last reset, and the first failure among those. */
  #terminated: { readonly failure: Error | null } | null = null;

  constructor(parts: QueryManagerParts) {
    this.#parts = parts;
  }

  get active(): readonly QueryHandle[] {
    return [...this.#active.values()];
  }

  get(id: string): QueryHandle | null {
    return this.#active.get(id) ?? null;
  }

  /**
   * Takes the name for a query that is about to start, until `releaseName`.
   * @throws QueryError NAME_IN_USE when another query has it
   */
  claimName(name: string | null): void {
    if (name === null) return;
    if (this.#names.has(name)) {
      throw new QueryError("NAME_IN_USE", `A query named "${name}" is already running.`, {
        hint: "Stop it first (session.streams.active), or choose another queryName.",
      });
    }
    this.#names.add(name);
  }

  releaseName(name: string | null): void {
    if (name !== null) this.#names.delete(name);
  }

  started(query: QueryHandle): void {
    this.#active.set(query.id, query);
    this.#notify((listener) => listener.onQueryStarted?.({ id: query.id, runId: query.runId, name: query.name }));
  }

  progressed(record: TriggerRecord): void {
    this.#notify((listener) => listener.onQueryProgress?.(record.progress));
  }

  idled({ id, runId }: { readonly id: string; readonly runId: string }, atMs: number): void {
    if (this.#listeners.size === 0) return;
    const timestamp = isoInstant(BigInt(Math.trunc(atMs)) * MICROS_PER_MS);
    this.#notify((listener) => listener.onQueryIdle?.({ id, runId, timestamp }));
  }

  ended(query: QueryHandle): void {
    const { id, runId, name, exception } = query;
    this.#active.delete(id);
    this.releaseName(name);
    this.#terminated = { failure: this.#terminated?.failure ?? exception };
    this.#notify((listener) => listener.onQueryTerminated?.({ id, runId, exception }));
    this.#endings.notify();
  }

  /** True when any query has ended since the last resetTerminated, false after `timeoutMs`; rejects with its error. */
  async awaitAnyTermination(timeoutMs?: number): Promise<boolean> {
    if (this.#terminated === null) await this.#nextEnding(timeoutMs);
    if (this.#terminated === null) return false;
    if (this.#terminated.failure !== null) throw this.#terminated.failure;
    return true;
  }

  resetTerminated(): void {
    this.#terminated = null;
  }

  addListener(listener: QueryListener): void {
    this.#listeners.add(listener);
  }

  removeListener(listener: QueryListener): void {
    this.#listeners.delete(listener);
  }

  listListeners(): readonly QueryListener[] {
    return [...this.#listeners];
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.active.map((query) => query.stop()));
  }

  async #nextEnding(timeoutMs: number | undefined): Promise<void> {
    const over = new AbortController();
    const ending = this.#endings.wait(over.signal);
    if (timeoutMs === undefined) return ending;
    const awake = new AbortController();
    const timeout = this.#parts.clock.sleep(timeoutMs, awake.signal);
    await Promise.race([ending, timeout]);
    over.abort();
    awake.abort();
  }

  /** A listener that throws, at once or later, must not end a query. */
  #notify(call: (listener: QueryListener) => unknown): void {
    if (this.#listeners.size === 0) return;
    for (const listener of [...this.#listeners]) {
      try {
        const result = call(listener);
        if (result instanceof Promise) result.catch((error: unknown) => this.#complain(error));
      } catch (error) {
        this.#complain(error);
      }
    }
  }

  #complain(error: unknown): void {
    this.#parts.warn(`A streaming query listener threw: ${error instanceof Error ? error.message : String(error)}`);
  }
}
