import { fromArrow } from "../columnar/from-arrow.js";
import { inferSchema } from "../columnar/from-objects.js";
import { AnalysisError } from "../common/millrace-error.js";
import { plainPath } from "../common/plain-path.js";
import type { Platform } from "../common/platform.js";
import type { Engine, QueryHandle, QueryRegistry } from "../plan/engine.js";
import { SinkRegistry } from "../sinks/sink-registry.js";
import { inMemoryEntry } from "../sources/in-memory-source.js";
import { rangeEntry } from "../sources/range-source.js";
import { isArrowInput, rowsOfInput } from "../sources/rows-of-input.js";
import { type SourceEntry, SourceRegistry } from "../sources/source-registry.js";
import type { Int64Type, Schema } from "../types/data-type.js";
import type { SchemaColumns } from "../types/schema-columns.js";
import { type SchemaInput, schemaOfInput } from "../types/schema-input.js";
import { DataFrame } from "./data-frame.js";
import { DataFrameReader } from "./data-frame-reader.js";
import { DataStreamReader } from "./data-stream-reader.js";
import { DataStreamWriter } from "./data-stream-writer.js";
import type { Unknown } from "./frame-columns.js";
import type { FrameHost } from "./frame-host.js";
import { MemoryTables } from "./memory-tables.js";
import type { TypesOfRow } from "./row-of.js";

/** What a session needs from outside: the machine, and an engine over the session's sources and sinks. */
export interface SessionParts {
  readonly platform: Platform;
  readonly engine: (registries: { readonly sources: SourceRegistry; readonly sinks: SinkRegistry }) => Engine;
}

/**
 * Where frames come from. A session holds its sources, sinks, named memory tables and running queries; it starts
 * nothing by itself.
 *
 * @example
 * const session = new Session();
 * const frame = session.createDataFrame([{ user: "ann", n: 1 }]);
 */
export class FrameSession {
  readonly #host: FrameHost;
  readonly #byCheckpoint = new Map<string, Promise<QueryHandle>>();

  constructor(parts: SessionParts) {
    const registries = { sources: new SourceRegistry(), sinks: new SinkRegistry() };
    this.#host = {
      ...registries,
      engine: parts.engine(registries),
      platform: parts.platform,
      tables: new MemoryTables(),
      streamWriter: (frame) => new DataStreamWriter(frame),
    };
  }

  /** Reads bounded data: files, tables. */
  get read(): DataFrameReader {
    return new DataFrameReader(this.#host);
  }

  /** Reads unbounded data. */
  get readStream(): DataStreamReader {
    return new DataStreamReader(this.#host);
  }

  /** The running queries, and listeners to all of them. */
  get streams(): QueryRegistry {
    return this.#host.engine.queries;
  }

  /**
   * A bounded frame of rows (objects), an Arrow table or batch, or Arrow IPC bytes. Without a schema the rows say their
   * types: number is float64, bigint int64, Date a timestamp.
   */
  createDataFrame<const I extends SchemaInput>(data: object, schema: I): DataFrame<SchemaColumns<I>>;
  createDataFrame<R extends object>(rows: readonly R[]): DataFrame<TypesOfRow<R>>;
  createDataFrame(data: object): DataFrame<Unknown>;
  createDataFrame(data: object, given?: SchemaInput): DataFrame<Unknown> {
    const schema = given === undefined ? schemaOfData(data) : schemaOfInput(given);
    return this.#frameOf(inMemoryEntry(schema, rowsOfInput(data, schema, "createDataFrame")));
  }

  /** Whole numbers from `start` (included) to `end` (excluded), column `id`; `range(end)` starts at 0. */
  range(start: number, end?: number, step = 1): DataFrame<{ readonly id: Int64Type }> {
    const range = end === undefined ? { start: 0, end: start, step } : { start, end, step };
    return this.#frameOf(rangeEntry(range));
  }

  /** What a query has written to memory under this name, as it is when the frame runs. */
  table(name: string): DataFrame<Unknown> {
    return this.#frameOf(this.#host.tables.entry(name));
  }

  /**
   * The query of a checkpoint directory: the one that this session runs already, or `build`, going on from what the
   * directory holds, or from the beginning when it holds nothing. The same call starts a program and starts it again
   * after whatever ended it. `build` must make the same query each time; what may differ is what a restart allows.
   *
   * @example
   * const query = await session.getOrCreate("state/orders", (session) =>
   *   session.readStream.schema({ user: utf8() }).json("orders/").groupBy("user").count()
   *     .writeStream.outputMode("complete").memory("orders"));
   */
  async getOrCreate<S>(
    directory: string,
    build: (session: this) => DataStreamWriter<S> | Promise<DataStreamWriter<S>>,
  ): Promise<QueryHandle> {
    const place = plainPath(directory);
    const before = this.#byCheckpoint.get(place);
    const query = (async () => {
      // One that could not start has told its own caller.
      const known = await before?.catch(() => null);
      if (known?.isActive === true) return known;
      return (await build(this)).option("checkpointLocation", directory).start();
    })();
    this.#byCheckpoint.set(place, query);
    return query;
  }

  /** Stops every query of this session. */
  stopAll(): Promise<void> {
    return this.streams.stopAll();
  }

  #frameOf<S>(entry: SourceEntry): DataFrame<S> {
    const source = this.#host.sources.register(entry.factory, entry.description);
    return new DataFrame<S>(this.#host, { kind: "scan", source });
  }
}

function schemaOfData(data: object): Schema {
  if (isArrowInput(data)) return fromArrow(data).schema;
  if (Array.isArray(data)) return inferSchema(data);
  throw new AnalysisError(
    "DATA_SHAPE",
    "createDataFrame takes an array of row objects, an Arrow table or batch, or IPC bytes.",
  );
}
