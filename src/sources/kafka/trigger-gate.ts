import type { Clock } from "../../common/clock.js";

/** Holds a trigger back until there are enough offsets for it (`minOffsetsPerTrigger`), but not for longer than `maxTriggerDelay`. */
export class TriggerGate {
  readonly #clock: Clock;
  readonly #least: number | null;
  readonly #delayMs: number;
  /** When a range was given last; null before the first, which is never held back. */
  #givenAt: number | null = null;

  constructor(clock: Clock, limits: { readonly least: number | null; readonly delayMs: number }) {
    this.#clock = clock;
    this.#least = limits.least;
    this.#delayMs = limits.delayMs;
  }

  /** Until a trigger is let through whatever there is. */
  get restMs(): number {
    return this.#givenAt === null ? 0 : Math.max(0, this.#givenAt + this.#delayMs - this.#clock.monotonic());
  }

  /** Whether so many offsets may be taken now. */
  opensFor(available: number): boolean {
    return this.#least === null || available >= this.#least || this.restMs === 0;
  }

  /** A range was given. */
  passed(): void {
    this.#givenAt = this.#clock.monotonic();
  }
}
