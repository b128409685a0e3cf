import { setImmediate as nextMacrotask } from "node:timers/promises";
import { crc32 } from "../../src/common/crc32.js";
import { nodeCompression } from "../../src/common/node-compression.js";
import type { Platform } from "../../src/common/platform.js";
import { Session } from "../../src/node-session.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { FakeFileSystem } from "./fake-file-system.js";
import { FakeNetwork } from "./fake-network.js";
import { FakeTerminal } from "./fake-terminal.js";

/** A machine whose every part a test holds in its hands, and a session on it. Its clock starts at 1970. */
export class TestMachine {
  readonly clock = new ManualClock(0);
  readonly files: FakeFileSystem;
  readonly network = new FakeNetwork();
  readonly terminal = new FakeTerminal();
  readonly warnings: string[] = [];
  /** Who listens for SIGINT. */
  readonly interruptListeners = new Set<() => void>();
  /** How many ask the process to stay. */
  keptAlive = 0;
  readonly session: Session;
  #ids = 0;

  /** `files`: the disk of an earlier machine; its processes have ended. */
  constructor(files = new FakeFileSystem()) {
    this.files = files;
    this.session = new Session({ platform: this.#platform() });
  }

  /** Ctrl-C. */
  interrupt(): void {
    for (const listener of [...this.interruptListeners]) listener();
  }

  #platform(): Platform {
    return {
      clock: this.clock,
      files: this.files,
      network: this.network,
      terminal: this.terminal,
      processes: {
        self: async () => ({ host: "host", bootId: "boot", pidNamespace: "1", pid: 1, startTime: "1" }),
        startTimeOf: async (pid) => (pid === 1 ? "1" : null),
      },
      random: { uuid: () => `id-${this.#ids++}`, seed: () => 7 },
      crc32,
      compression: nodeCompression,
      yieldToEventLoop: () => nextMacrotask(),
      onInterrupt: (stop) => {
        this.interruptListeners.add(stop);
        return () => void this.interruptListeners.delete(stop);
      },
      warn: (message) => void this.warnings.push(message),
      keepAlive: () => {
        this.keptAlive++;
        return () => void this.keptAlive--;
      },
    };
  }
}

const MOST_TURNS = 2000;

/** Lets everything run that does not wait for time, until the condition holds. */
export async function until(condition: () => boolean, what = "the condition"): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    if (condition()) return;
    await nextMacrotask();
  }
  throw new Error(`It never came to this: ${what}.`);
}

/** Lets everything run that does not wait for time; for asserting that nothing happens. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextMacrotask();
}

/** `12:05` on the first day of 1970, or with seconds. */
export function at(time: string): Date {
  return new Date(`1970-01-01T${time.length === 5 ? `${time}:00` : time}Z`);
}
