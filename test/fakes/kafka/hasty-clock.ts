import { setImmediate as nextMacrotask } from "node:timers/promises";
import type { Clock } from "../../../src/common/clock.js";

/** A clock on which every sleep is over at once: time has passed then. */
export class HastyClock implements Clock {
  #now: number;

  /** @param start milliseconds since 1970. */
  constructor(start = 1_767_225_600_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await nextMacrotask();
    if (!signal.aborted) this.#now += Math.max(0, ms);
  }

  pass(ms: number): void {
    this.#now += ms;
  }
}
