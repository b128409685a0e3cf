import { setImmediate as nextMacrotask } from "node:timers/promises";
import { nodeClock } from "./node-clock.js";
import { nodeFileSystem } from "./node-file-system.js";
import { nodeNetwork } from "./node-network.js";
import { nodeRandom } from "./node-random.js";
import { nodeTerminal } from "./node-terminal.js";
import type { Platform } from "./platform.js";

/** Longest delay a Node timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine as Node gives it. */
export const nodePlatform: Platform = {
  clock: nodeClock,
  files: nodeFileSystem,
  network: nodeNetwork,
  random: nodeRandom,
  terminal: nodeTerminal,
  yieldToEventLoop: () => nextMacrotask(),
  onInterrupt: (stop) => {
    process.once("SIGINT", stop);
    return () => process.off("SIGINT", stop);
  },
  warn: (message) => process.emitWarning(message),
  keepAlive: () => {
    const timer = setInterval(() => {}, LONGEST_TIMER_MS);
    return () => clearInterval(timer);
  },
};
