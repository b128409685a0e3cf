import type { FakeCluster } from "./fake-cluster.js";
import type { WireReader } from "./wire-reader.js";
import type { WireWriter } from "./wire-writer.js";

/** One request at the node that it was sent to. */
export interface ApiCall {
  readonly cluster: FakeCluster;
  readonly node: number;
  readonly from: WireReader;
  readonly to: WireWriter;
  /** The error code that a test wants in the answer; 0: none. Nothing is done then. */
  readonly error: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Reads the whole body before it does anything, and writes the answer. */
export type ApiHandler = (call: ApiCall) => void | Promise<void>;
