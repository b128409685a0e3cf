import type { Platform } from "../common/platform.js";

/** How long a query may keep the event loop to itself. */
const TURN_MS = 10;

/** Gives the event loop its turn about every 10 ms, between chunks. */
export class EventLoopTurn {
  readonly #platform: Platform;
  #since: number;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#since = platform.clock.monotonic();
  }

  /** Nothing to wait for, as a rule. */
  yieldIfLong(): Promise<void> | undefined {
    return this.#platform.clock.monotonic() - this.#since < TURN_MS ? undefined : this.yield();
  }

  /** Timers, sockets and signals get their turn now. */
  async yield(): Promise<void> {
    await this.#platform.yieldToEventLoop();
    this.#since = this.#platform.clock.monotonic();
  }
}
