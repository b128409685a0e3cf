import { setImmediate as nextMacrotask } from "node:timers/promises";
import type { Clock } from "../../../src/common/clock.js";

/** A clock on which every sleep is over at once: time has passed then. */
export class HastyClock implements Clock {
  #now = 1_767_225_600_000;
  readonly #standstill: () => Promise<void> | null;

  /** `standstill`: while it gives a promise, time stands still. */
  constructor(standstill: () => Promise<void> | null = () => null) {
    this.#standstill = standstill;
  }

  now(): number {
    return Math.trunc(this.#now);
  }

  monotonic(): number {
    return this.#now;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await nextMacrotask();
    await this.#standstill();
    if (!signal.aborted) this.#now += Math.max(0, ms);
  }

  pass(ms: number): void {
    this.#now += ms;
  }
}
