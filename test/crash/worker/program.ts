import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const WINDOWS = fileURLToPath(new URL("windows.mjs", import.meta.url));

interface Message {
  readonly kind: "opening" | "running" | "progress" | "warning" | "ended" | "failed";
  readonly detail: string | number | null;
}

/** The checkpoint's options that a test varies. */
export interface ProgramOptions {
  readonly standby?: boolean;
  readonly forceUnlock?: boolean;
}

/** A real process that runs a script, `windows.mjs` for one; its query, as far as it tells. */
export class Program {
  readonly #child: ChildProcess;
  readonly #messages: Message[] = [];
  readonly #exited: Promise<unknown>;
  #errors = "";

  constructor(directory: string, options: ProgramOptions = {}, script = WINDOWS) {
    this.#child = fork(script, [directory, JSON.stringify(options)], {
      cwd: root,
      execArgv: ["--no-warnings"],
      silent: true,
    });
    this.#child.on("message", (message) => void this.#messages.push(message as Message));
    this.#child.stderr?.on("data", (bytes) => {
      this.#errors += String(bytes);
    });
    this.#exited = once(this.#child, "close");
  }

  /** What it printed on standard error: an unhandled rejection, for one. */
  get errors(): string {
    return this.#errors;
  }

  get warnings(): readonly string[] {
    return this.#messages.flatMap(({ kind, detail }) => (kind === "warning" ? String(detail) : []));
  }

  get batches(): number {
    return this.#messages.filter(({ kind }) => kind === "progress").length;
  }

  /** What it told with the first message of this kind. */
  told(kind: Message["kind"]): Message["detail"] {
    return this.#messages.find((message) => message.kind === kind)?.detail ?? null;
  }

  /** How its query ended, "killed", or null while it lives. */
  get end(): string | null {
    const last = this.#messages.find(({ kind }) => kind === "ended" || kind === "failed");
    if (last !== undefined) return last.kind === "ended" ? "ended" : String(last.detail);
    return this.#child.exitCode === null && this.#child.signalCode === null ? null : "killed";
  }

  /** Waits for a message of this kind, or the end of the process. */
  async until(kind: Message["kind"]): Promise<void> {
    while (this.#child.exitCode === null && this.#child.signalCode === null) {
      if (this.#messages.some((message) => message.kind === kind)) return;
      await Promise.race([once(this.#child, "message"), this.#exited]);
    }
  }

  /** Waits for so many more batches, or the end of the process. */
  async batchesMore(count: number): Promise<void> {
    const wanted = this.batches + count;
    while (this.batches < wanted && this.#child.exitCode === null && this.#child.signalCode === null) {
      await Promise.race([once(this.#child, "message"), this.#exited]);
    }
  }

  drain(): void {
    this.#child.send("drain");
  }

  stand(): void {
    this.#child.kill("SIGSTOP");
  }

  walk(): void {
    this.#child.kill("SIGCONT");
  }

  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Waits for the end of the process; tells how the query ended. */
  async exit(): Promise<string> {
    await this.#exited;
    return this.end ?? "killed";
  }
}
