/**
 * One listener for SIGINT for all queries of a session, there only while one runs. The first interrupt stops them all;
 * a second one, while they stop, is the process's own again.
 */
export class InterruptWatch {
  readonly #onInterrupt: (stop: () => void) => () => void;
  readonly #stops = new Set<() => void>();
  #forget: (() => void) | null = null;

  constructor(onInterrupt: (stop: () => void) => () => void) {
    this.#onInterrupt = onInterrupt;
  }

  /** Calls `stop` on an interrupt until the returned function is called. */
  add(stop: () => void): () => void {
    this.#stops.add(stop);
    this.#forget ??= this.#onInterrupt(() => this.#interrupted());
    return () => {
      this.#stops.delete(stop);
      if (this.#stops.size === 0) this.#stopListening();
    };
  }

  #interrupted(): void {
    this.#stopListening();
    for (const stop of [...this.#stops]) stop();
  }

  #stopListening(): void {
    const forget = this.#forget;
    this.#forget = null;
    forget?.();
  }
}
