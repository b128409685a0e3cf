import type { Platform } from "../common/platform.js";
import type { Engine } from "../plan/engine.js";
import type { SinkRegistry } from "../sinks/sink-registry.js";
import type { SourceRegistry } from "../sources/source-registry.js";
import type { DataFrame } from "./data-frame.js";
import type { DataStreamWriter } from "./data-stream-writer.js";
import type { MemoryTables } from "./memory-tables.js";

/** What a session hands to every frame it makes: who runs plans, where sources and sinks are registered, the machine. */
export interface FrameHost {
  readonly engine: Engine;
  readonly platform: Platform;
  readonly sources: SourceRegistry;
  readonly sinks: SinkRegistry;
  readonly tables: MemoryTables;
  /** What `frame.writeStream` gives. Handed in: the writer knows frames (of one trigger), so frames cannot import it. */
  readonly streamWriter: <S>(frame: DataFrame<S>) => DataStreamWriter<S>;
}
