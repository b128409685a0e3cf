import { ManualClock } from "../../src/testing/manual-clock.js";

/** A clock whose time of day somebody sets, as on a real machine: durations and sleeps do not feel it. */
export class JumpingClock extends ManualClock {
  #ahead = 0;

  override now(): number {
    return this.monotonic() + this.#ahead;
  }

  /** @param nowMs milliseconds since 1970. */
  set(nowMs: number): void {
    this.#ahead = nowMs - this.monotonic();
  }

  jump(ms: number): void {
    this.#ahead += ms;
  }
}
