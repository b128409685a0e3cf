import { QueryError } from "../common/millrace-error.js";
import type { QueryHandle, QueryListener, QueryRegistry } from "../plan/engine.js";
import type { QueryProgress } from "../plan/query-progress.js";

/** The queries of one session: `session.streams`. */
export class QueryManager implements QueryRegistry {
  readonly #active = new Map<string, QueryHandle>();
  readonly #listeners = new Set<QueryListener>();
  #terminated: QueryHandle[] = [];
  #waiters: (() => void)[] = [];
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  get active(): readonly QueryHandle[] {
    return [...this.#active.values()];
  }

  get(id: string): QueryHandle | null {
    return this.#active.get(id) ?? null;
  }

  /** @throws QueryError NAME_IN_USE when an active query has this name. */
  checkName(name: string | null): void {
    if (name === null || !this.active.some((query) => query.name === name)) return;
    throw new QueryError("NAME_IN_USE", `A query named "${name}" is already running.`, {
      hint: `Stop it first (session.streams.active), or choose another queryName.`,
    });
  }

  started(query: QueryHandle): void {
    this.#active.set(query.id, query);
    this.#notify((listener) => listener.onQueryStarted?.({ id: query.id, runId: query.runId, name: query.name }));
  }

  progressed(progress: QueryProgress): void {
    this.#notify((listener) => listener.onQueryProgress?.(progress));
  }

  idled(query: { readonly id: string; readonly runId: string }, timestamp: string): void {
    this.#notify((listener) => listener.onQueryIdle?.({ id: query.id, runId: query.runId, timestamp }));
  }

  ended(query: QueryHandle): void {
    this.#active.delete(query.id);
    this.#terminated.push(query);
    const { id, runId, exception } = query;
    this.#notify((listener) => listener.onQueryTerminated?.({ id, runId, exception }));
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  /** True when any query has ended since the last resetTerminated, false after `timeoutMs`; rejects with its error. */
  async awaitAnyTermination(timeoutMs?: number): Promise<boolean> {
    if (this.#terminated.length === 0) {
      if (timeoutMs === undefined) await new Promise<void>((resolve) => this.#waiters.push(resolve));
      else return this.#anyWithin(timeoutMs);
    }
    const failed = this.#terminated.find((query) => query.exception !== null);
    if (failed?.exception) throw failed.exception;
    return true;
  }

  resetTerminated(): void {
    this.#terminated = [];
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

  async #anyWithin(timeoutMs: number): Promise<boolean> {
    const active = this.active;
    const ended = await Promise.all(active.map((query) => query.awaitTermination(timeoutMs)));
    return ended.some(Boolean);
  }

  /** A listener that throws must not end a query. */
  #notify(call: (listener: QueryListener) => void): void {
    for (const listener of this.#listeners) {
      try {
        call(listener);
      } catch (error) {
        this.#warn(`A streaming query listener threw: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
