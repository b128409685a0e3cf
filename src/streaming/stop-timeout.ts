import type { Clock } from "../common/clock.js";

/** How long a stop waits for what is being done; then it is left behind. One thing at a time is waited for. */
export class StopTimeout {
  readonly #clock: Clock;
  readonly #ms: number;
  /** What runs must not finish any more. */
  readonly #abandoning = new AbortController();
  /** Ends the wait. */
  readonly #over = new AbortController();
  #giveUp: () => void = () => {};

  /** `ms` 0: what looks at the signal is waited for until it does. */
  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    return this.#abandoning.signal;
  }

  /** The stop has been asked for. */
  async begin(): Promise<void> {
    if (this.#ms > 0) await this.#clock.sleep(this.#ms, this.#over.signal);
    this.#abandoning.abort();
    this.#giveUp();
  }

  /** Everything has ended. */
  end(): void {
    this.#over.abort();
  }

  /** Of work that has the signal. In somebody's code it may hang all the same: what it has not committed will be run again. */
  untilSignalled<T>(running: Promise<T>): Promise<T> {
    return this.#ms === 0 ? running : this.untilOver(running);
  }

  /** Of work that does not know of a stop: a source may wait for somebody who does not answer. */
  untilOver<T>(running: Promise<T>): Promise<T> {
    const { signal } = this.#abandoning;
    return new Promise((resolve, reject) => {
      this.#giveUp = () => reject(signal.reason as Error);
      running.then(resolve, reject);
      if (signal.aborted) this.#giveUp();
    });
  }

  /** Being stopped is no failure. */
  isMeantBy(error: unknown): boolean {
    const { aborted, reason } = this.#abandoning.signal;
    return aborted && (error === reason || (error instanceof Error && error.name === "AbortError"));
  }
}
