import { checkOptions, nearestName, type Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import { type FileFormatName, isFileFormatName } from "../formats/file-format-of.js";
import { nameSource, requireName } from "../plan/name-plan.js";
import { fileEntry, fileSchema } from "../sources/file-entry.js";
import { type IterableInput, iterableEntry } from "../sources/iterable-source.js";
import { kafkaEntry } from "../sources/kafka/kafka-entry.js";
import type { MemoryStream } from "../sources/memory-stream.js";
import { rateMicroBatchEntry } from "../sources/rate-micro-batch-source.js";
import { rateEntry } from "../sources/rate-source.js";
import { socketEntry } from "../sources/socket-source.js";
import type { SourceEntry } from "../sources/source-registry.js";
import type { Int64Type, MemberTypes, Schema, TimestampType, Utf8Type } from "../types/data-type.js";
import type { SchemaColumns } from "../types/schema-columns.js";
import { type SchemaInput, schemaOfInput } from "../types/schema-input.js";
import { DataFrame } from "./data-frame.js";
import type { FileColumns } from "./file-columns.js";
import type { Unknown } from "./frame-columns.js";
import type { FrameHost } from "./frame-host.js";
import type { KafkaColumns } from "./kafka-columns.js";
import type { KafkaStreamOptions } from "./kafka-read-options.js";
import { limited, splitStreamOptions } from "./stream-options.js";

const FORMATS = ["kafka", "socket", "rate", "rateMicroBatch", "json", "parquet", "arrow"] as const;

export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  readonly includeTimestamp?: boolean;
  /** Rows that may wait for a trigger before the peer has to. */
  readonly maxBacklogRows?: number;
  /** Bytes of the longest line, 16 MiB where nothing is said. */
  readonly maxLineBytes?: number;
  /** A longer line: left out and counted ("dropmalformed", the default), or the end of the query ("failfast"). */
  readonly mode?: "dropmalformed" | "failfast";
  /** Keep lines in the checkpoint before a trigger learns of them: from then on none is lost or repeated. */
  readonly capture?: boolean;
}
export interface IterableReadOptions {
  /** Rows that may wait for a trigger before no more are pulled. */
  readonly maxBacklogRows?: number;
  /** Keep rows in the checkpoint before a trigger learns of them: from then on none is lost or repeated. */
  readonly capture?: boolean;
  /**
   * With `capture`: told how many rows of this input are in the checkpoint, whenever more are. From then on whoever sent
   * them may forget them: the moment to commit the offsets of a consumer group, or to acknowledge a message.
   */
  readonly onCaptured?: (rows: number) => void;
}
export interface RateOptions {
  readonly rowsPerSecond?: number;
  readonly numPartitions?: number;
  /** Seconds until the full rate is reached. */
  readonly rampUpTime?: number;
}
export interface RateMicroBatchOptions {
  readonly rowsPerBatch: number;
  readonly numPartitions?: number;
  /** Milliseconds since 1970 of the first batch. */
  readonly startTimestamp?: number;
  readonly advanceMillisPerBatch?: number;
}
/** `timestamp`, the arrival, only where the options ask for it. */
export type SocketColumns<O> = O extends { readonly includeTimestamp: true }
  ? { readonly value: Utf8Type; readonly timestamp: TimestampType }
  : O extends { readonly includeTimestamp: boolean }
    ? MemberTypes
    : { readonly value: Utf8Type };
type RateColumns = { readonly timestamp: TimestampType; readonly value: Int64Type };

interface ReaderState {
  readonly format: string | null;
  readonly options: Options;
  readonly schema: Schema | null;
  readonly name: string | null;
}

/**
 * Makes frames over unbounded data. Immutable: every call gives a new reader. `C` are the columns of a schema that was given.
 *
 * @example
 * const lines = session.readStream.socket({ host: "localhost", port: 9999 });
 */
export class DataStreamReader<C = Unknown> {
  readonly #host: FrameHost;
  readonly #state: ReaderState;

  constructor(host: FrameHost, state: ReaderState = { format: null, options: {}, schema: null, name: null }) {
    this.#host = host;
    this.#state = Object.freeze(state);
  }

  /** The source by name, as in `.format("socket").option("host", "localhost").option("port", 9999).load()`. */
  format(name: string): DataStreamReader<C> {
    return this.#with({ format: name });
  }

  /**
   * What a checkpoint knows the source by, so that sources can be added, removed and moved between restarts.
   *
   * @example
   * const orders = session.readStream.name("orders").schema("id BIGINT").json("orders/");
   */
  name(name: string): DataStreamReader<C> {
    return this.#with({ name: requireName(name) });
  }

  /** One option; `maxRowsPerTrigger` and `maxBytesPerTrigger` are known to every source. */
  option(name: string, value: unknown): DataStreamReader<C> {
    return this.#with({ options: { ...this.#state.options, [name]: value } });
  }

  options(options: Options): DataStreamReader<C> {
    return this.#with({ options: { ...this.#state.options, ...options } });
  }

  /** The columns to read: a record of types, a schema, or DDL text ("id BIGINT, name STRING"). */
  schema<const I extends SchemaInput>(schema: I): DataStreamReader<SchemaColumns<I>> {
    return new DataStreamReader<SchemaColumns<I>>(this.#host, { ...this.#state, schema: schemaOfInput(schema) });
  }

  /** The source that `format` names; files come from `path`, or from the option of that name. */
  load(path?: string): DataFrame<C> {
    const { format, options } = this.#state;
    if (format === null)
      throw new OptionError("FORMAT_MISSING", "load() needs a format.", {
        hint: `Use format(${FORMATS.join(" | ")}).`,
      });
    if (isFileFormatName(format)) return this.#files(format, path ?? requiredPath(options["path"]));
    return this.#ownColumns(format);
  }

  /**
   * UTF-8 lines from a TCP peer, column `value`.
   *
   * @example
   * const lines = session.readStream.socket({ host: "localhost", port: 9999, capture: true });
   */
  socket<const O extends SocketOptions>(options: O): DataFrame<SocketColumns<O>> {
    const given: SocketOptions = options;
    return this.options({ ...given }).#ownColumns("socket");
  }

  /**
   * Records of Kafka topics: columns `key`, `value` (binary), `topic`, `partition`, `offset`, `timestamp`, `timestampType`.
   *
   * @example
   * const orders = session.readStream.kafka({ brokers: "localhost:9092", subscribe: "orders", startingOffsets: "earliest" });
   */
  kafka<const O extends KafkaStreamOptions>(options: O): DataFrame<KafkaColumns<O>> {
    const given: KafkaStreamOptions = options;
    return this.options({ ...given }).#ownColumns("kafka");
  }

  /** Rows made by the clock: columns `timestamp` and `value`, counting from 0. */
  rate(options: RateOptions = {}): DataFrame<RateColumns> {
    return this.options({ ...options }).#ownColumns("rate");
  }

  /** Batch n has the same rows whenever it runs: columns `timestamp` and `value`. */
  rateMicroBatch(options: RateMicroBatchOptions): DataFrame<RateColumns> {
    return this.options({ ...options }).#ownColumns("rateMicroBatch");
  }

  /** A stream that the program writes itself. */
  memory<I extends SchemaInput>(stream: MemoryStream<I>): DataFrame<SchemaColumns<I>> {
    this.#refuseSchema("memory");
    return this.#frameOf((own) => {
      checkOptions(own, [], "the memory stream");
      return stream.entry();
    });
  }

  /**
   * Anything that can be iterated: rows, arrays of rows, Arrow tables or batches, a Node stream of them. With `capture`
   * a query that starts again takes what it had captured first, and then the rows of the new input.
   *
   * @example
   * const orders = session.readStream.schema("id BIGINT").from(queue, { capture: true });
   */
  from(input: IterableInput, options: IterableReadOptions = {}): DataFrame<C> {
    const { schema } = this.#state;
    return this.options({ ...options }).#frameOf((own) =>
      iterableEntry(input, schema === null ? own : { ...own, schema }),
    );
  }

  /** Files of JSON lines as they arrive in a directory; needs a schema. */
  json(path: string): DataFrame<FileColumns<C>> {
    return this.#files("json", path);
  }

  /** Parquet files as they arrive in a directory; needs a schema. */
  parquet(path: string): DataFrame<FileColumns<C>> {
    return this.#files("parquet", path);
  }

  /** Arrow IPC files as they arrive in a directory; needs a schema. */
  arrow(path: string): DataFrame<FileColumns<C>> {
    return this.#files("arrow", path);
  }

  /** The schema of the files that are already there: `readStream.schema(await readStream.inferSchema("json", dir)).json(dir)`. */
  inferSchema(format: FileFormatName, path: string): Promise<Schema> {
    const { platform } = this.#host;
    const { own } = splitStreamOptions(this.#state.options);
    return fileSchema({ files: platform.files, clock: platform.clock, format, path, streaming: true, options: own });
  }

  /** Sources that bring their columns themselves. */
  #ownColumns<S>(format: string): DataFrame<S> {
    this.#refuseSchema(format);
    const { platform } = this.#host;
    switch (format) {
      case "kafka":
        return this.#frameOf((own) => kafkaEntry(platform, own, true));
      case "socket":
        return this.#frameOf((own) => socketEntry(platform, own));
      case "rate":
        return this.#frameOf((own) => rateEntry(platform.clock, own));
      case "rateMicroBatch":
        return this.#frameOf((own) => rateMicroBatchEntry(own));
      default:
        throw unknownFormat(format);
    }
  }

  #refuseSchema(format: string): void {
    if (this.#state.schema === null) return;
    throw new OptionError("SCHEMA_NOT_TAKEN", `The source "${format}" has columns of its own and takes no schema.`, {
      hint: "Leave schema(...) out, and cast the columns with select(...).",
    });
  }

  #files<S>(format: FileFormatName, path: string): DataFrame<S> {
    const { schema } = this.#state;
    if (schema === null) {
      throw new OptionError(
        "SCHEMA_REQUIRED",
        `readStream.${format}() needs a schema: files that have not arrived cannot be asked.`,
        {
          hint: `Use readStream.schema("id BIGINT, name STRING").${format}(path), or inferSchema from files that are there.`,
        },
      );
    }
    const { files, clock } = this.#host.platform;
    return this.#frameOf((own) => {
      const { path: _path, ...options } = own;
      return fileEntry({ files, clock, format, path, streaming: true, options }, schema);
    });
  }

  #frameOf<S>(make: (own: Options) => SourceEntry): DataFrame<S> {
    const { own, limits } = splitStreamOptions(this.#state.options);
    const entry = make(own);
    const limitedSource = limited(entry.description, limits);
    const { name } = this.#state;
    const description = name === null ? limitedSource : nameSource(limitedSource, name);
    const source = this.#host.sources.register(entry.factory, description);
    return new DataFrame<S>(this.#host, { kind: "scan", source });
  }

  #with(change: Partial<ReaderState>): DataStreamReader<C> {
    return new DataStreamReader<C>(this.#host, { ...this.#state, ...change });
  }
}

function unknownFormat(format: string): OptionError {
  const nearest = nearestName(format, FORMATS);
  const hint = nearest === null ? `There are: ${FORMATS.join(", ")}.` : `Did you mean "${nearest}"?`;
  return new OptionError("FORMAT_UNKNOWN", `There is no source format "${format}".`, { hint });
}

function requiredPath(given: unknown): string {
  if (typeof given === "string" && given !== "") return given;
  throw new OptionError("PATH_MISSING", "Files are read from a path, and there is none.", {
    hint: 'Use load("directory").',
  });
}
