import type { Clock } from "../common/clock.js";

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until a test moves it.
 *
 * @example
 * const clock = new ManualClock(0);
 * await clock.advance(1000);
 * clock.now(); // 1000
 */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: readonly Sleeper[] = [];

  /** @param start milliseconds since 1970. */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = { wakeAt: this.#now + ms, wake: () => finish() };
      const finish = (): void => {
        signal.removeEventListener("abort", finish);
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      };
      signal.addEventListener("abort", finish);
      this.#sleepers = [...this.#sleepers, sleeper];
    });
  }

  /** Moves time and wakes, in order of their time, everybody who waited for it. */
  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.wakeAt <= this.#now);
    for (const sleeper of [...due].sort((a, b) => a.wakeAt - b.wakeAt)) sleeper.wake();
    await Promise.resolve();
  }

  /** How many callers wait: lets a test know that a loop has gone to sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }
}
