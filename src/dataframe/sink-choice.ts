import type { Sink } from "../sinks/sink.js";
import type { FrameHost } from "./frame-host.js";

/**
 * A sink as a user names it: what `writeStream` and `lateRows` take. `make` is called once per started query.
 */
export interface SinkChoice {
  readonly label: string;
  readonly make: (host: FrameHost, queryName: string | null) => Sink;
  /** The same sink with its rows laid out by the values of these columns, where it can be. */
  readonly partitionedBy?: (columns: readonly string[]) => SinkChoice;
}
