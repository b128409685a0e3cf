import { setImmediate as nextMacrotask } from "node:timers/promises";
import { crc32 } from "../../src/common/crc32.js";
import type { FileSystem } from "../../src/common/file-system.js";
import { nodeCompression } from "../../src/common/node-compression.js";
import type { Platform } from "../../src/common/platform.js";
import { Session } from "../../src/node-session.js";
import { FakeNetwork } from "../fakes/fake-network.js";
import { FakeProcesses } from "../fakes/fake-processes.js";
import { FakeTerminal } from "../fakes/fake-terminal.js";
import { JumpingClock } from "../fakes/jumping-clock.js";

/** A process on a simulated disk; every one is another process, and those before it are dead. */
export class SimMachine {
  readonly files: FileSystem;
  readonly clock = new JumpingClock(1_000_000);
  readonly warnings: string[] = [];
  readonly interruptListeners = new Set<() => void>();
  /** How many ask the process to stay. */
  keptAlive = 0;
  readonly platform: Platform;
  readonly session: Session;
  #ids = 0;

  constructor(files: FileSystem, life = 0) {
    this.files = files;
    const { processes } = new FakeProcesses().start({ pid: 100 + life, startTime: String(life) });
    this.platform = {
      files,
      processes,
      clock: this.clock,
      network: new FakeNetwork(),
      terminal: new FakeTerminal(),
      crc32,
      compression: nodeCompression,
      random: { uuid: () => `id-${life}-${this.#ids++}`, seed: () => 7 },
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
    this.session = new Session({ platform: this.platform });
  }

  /** SIGINT, SIGTERM. */
  interrupt(): void {
    for (const listener of [...this.interruptListeners]) listener();
  }
}
