import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "./clock.js";

/** Longest delay a Node timer takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      for (let rest = ms; rest > 0; rest -= LONGEST_TIMER_MS) {
        await wait(Math.min(rest, LONGEST_TIMER_MS), undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};
