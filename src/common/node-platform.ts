import { setImmediate as nextMacrotask } from "node:timers/promises";
import { nodeClock } from "./node-clock.js";
import { nodeCompression } from "./node-compression.js";
import { nodeCrc32 } from "./node-crc32.js";
import { nodeFileSystem } from "./node-file-system.js";
import { nodeNetwork } from "./node-network.js";
import { nodeProcessIdentity } from "./node-process-identity.js";
import { nodeRandom } from "./node-random.js";
import { nodeTerminal } from "./node-terminal.js";
import type { Platform } from "./platform.js";

/** Longest delay a Node timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Somebody at the terminal, or whoever runs the container, wants the process to end. */
const INTERRUPTS = ["SIGINT", "SIGTERM"] as const;

/** The machine as Node gives it. */
export const nodePlatform: Platform = {
  clock: nodeClock,
  files: nodeFileSystem,
  network: nodeNetwork,
  random: nodeRandom,
  terminal: nodeTerminal,
  processes: nodeProcessIdentity,
  crc32: nodeCrc32,
  compression: nodeCompression,
  yieldToEventLoop: () => nextMacrotask(),
  onInterrupt: (stop) => {
    for (const signal of INTERRUPTS) process.once(signal, stop);
    return () => {
      for (const signal of INTERRUPTS) process.off(signal, stop);
    };
  },
  warn: (message) => process.emitWarning(message),
  keepAlive: () => {
    const timer = setInterval(() => {}, LONGEST_TIMER_MS);
    return () => clearInterval(timer);
  },
};
