import type { Guarantee } from "../plan/engine.js";
import type { Sink } from "../sinks/sink.js";
import type { FrameHost } from "./frame-host.js";

/** The query that a sink is made for. */
export interface SinkUse {
  readonly hasCheckpoint: boolean;
  /** What was asked for; null: the strongest that source and sink can give. */
  readonly guarantee: Guarantee | null;
  /** The checkpoint may go on with another sink. */
  readonly resetSink: boolean;
}

/**
 * A sink as a user names it: what `writeStream` and `lateRows` take. `make` is called once per started query.
 */
export interface SinkChoice {
  readonly label: string;
  readonly make: (host: FrameHost, queryName: string | null, use: SinkUse) => Sink;
  /** The same sink with its rows laid out by the values of these columns, where it can be. */
  readonly partitionedBy?: (columns: readonly string[]) => SinkChoice;
}
