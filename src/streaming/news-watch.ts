import type { Clock } from "../common/clock.js";
import type { SignalGate } from "./signal-gate.js";
import type { SourceReader } from "./source-reader.js";

/** Why a wait ends. A reason of our own: without one every wait would make an exception with a stack trace. */
const NEWS = Symbol("news");

export interface NewsWatchParts {
  readonly readers: readonly SourceReader[];
  readonly clock: Clock;
  /** Opened when there may be news, and by whoever else wants the loop to look. */
  readonly gate: SignalGate;
  /** A source could not say whether it has news. */
  readonly failed: (error: unknown) => void;
}

/** Waits until some source may have rows, an idle timeout has run out, or the gate is opened from outside. */
export class NewsWatch {
  readonly #parts: NewsWatchParts;
  /** Ends what is waited for. It serves one wait after the other until it had to be used. */
  #waiting = new AbortController();
  /** Sources and timeouts that are being waited for. */
  #watches = 0;

  constructor(parts: NewsWatchParts) {
    this.#parts = parts;
  }

  /** `idleAtMs`: when the next idle timeout will have run out; null: none runs. */
  async wait(idleAtMs: number | null): Promise<void> {
    const { readers, gate } = this.#parts;
    const { signal } = this.#waiting;
    const changes: Promise<void>[] = [];
    for (const reader of readers) if (!reader.ended) changes.push(this.#watch(reader, signal));
    if (idleAtMs !== null) changes.push(this.#wakeAt(idleAtMs, signal));
    await gate.wait();
    if (this.#watches === 0) return;
    this.#endWatches();
    await Promise.all(changes);
  }

  async #watch(reader: SourceReader, signal: AbortSignal): Promise<void> {
    this.#watches++;
    try {
      await reader.source.changed(reader.offset, signal);
    } catch (error) {
      // A source may take the signal for a failure.
      if (signal.aborted) return;
      this.#parts.failed(error);
    } finally {
      this.#watches--;
    }
    if (!signal.aborted) this.#parts.gate.open();
  }

  async #wakeAt(atMs: number, signal: AbortSignal): Promise<void> {
    const { clock, gate } = this.#parts;
    this.#watches++;
    await clock.sleep(Math.max(1, atMs - clock.now()), signal);
    this.#watches--;
    if (!signal.aborted) gate.open();
  }

  #endWatches(): void {
    this.#waiting.abort(NEWS);
    this.#waiting = new AbortController();
  }
}
