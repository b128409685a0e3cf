import type { Clock } from "./clock.js";
import type { Compression } from "./compression.js";
import type { Crc32 } from "./crc32.js";
import type { FileSystem } from "./file-system.js";
import type { Network } from "./network.js";
import type { ProcessIdentity } from "./process-identity.js";
import type { Random } from "./random.js";
import type { Terminal } from "./terminal.js";

/** Everything the library needs from the machine, handed in by the entry file. */
export interface Platform {
  readonly clock: Clock;
  readonly files: FileSystem;
  readonly network: Network;
  readonly random: Random;
  readonly terminal: Terminal;
  readonly processes: ProcessIdentity;
  readonly crc32: Crc32;
  readonly compression: Compression;
  /** Lets the event loop run everything that waits; resolves in a later macrotask. */
  yieldToEventLoop(): Promise<void>;
  /** Calls `stop` on SIGINT and SIGTERM until the returned function is called. */
  onInterrupt(stop: () => void): () => void;
  /** Tells the operator of the process about something that must not end a query (a listener that throws). */
  warn(message: string): void;
  /** Keeps the process alive until the returned function is called. */
  keepAlive(): () => void;
}
