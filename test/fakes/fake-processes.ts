import type { ProcessIdentity, ProcessName } from "../../src/common/process-identity.js";

/** Processes of any number of machines and containers, which a test starts and kills. */
export class FakeProcesses {
  readonly #living = new Set<ProcessName>();
  #started = 0;

  /** A new process, as it sees itself and its neighbours. */
  start(of: Partial<ProcessName> = {}): { readonly name: ProcessName; readonly processes: ProcessIdentity } {
    this.#started++;
    const name: ProcessName = {
      host: "host",
      bootId: "boot",
      pidNamespace: "pid:[1]",
      pid: 100 + this.#started,
      startTime: String(1000 + this.#started),
      ...of,
    };
    this.#living.add(name);
    return { name, processes: { self: async () => name, startTimeOf: async (pid) => this.#startTime(name, pid) } };
  }

  kill(name: ProcessName): void {
    this.#living.delete(name);
  }

  #startTime(observer: ProcessName, pid: number): string | null {
    for (const other of this.#living) {
      const isNear = other.bootId === observer.bootId && other.pidNamespace === observer.pidNamespace;
      if (isNear && other.pid === pid) return other.startTime;
    }
    return null;
  }
}
