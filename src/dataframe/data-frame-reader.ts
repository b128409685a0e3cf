import { checkOptions, type Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import { type FileFormatName, requireFileFormatName } from "../formats/file-format-of.js";
import { fileEntry, fileSchema } from "../sources/file-entry.js";
import { kafkaEntry } from "../sources/kafka/kafka-entry.js";
import type { MemoryStream } from "../sources/memory-stream.js";
import type { SourceEntry } from "../sources/source-registry.js";
import type { Schema } from "../types/data-type.js";
import type { SchemaColumns } from "../types/schema-columns.js";
import { type SchemaInput, schemaOfInput } from "../types/schema-input.js";
import { DataFrame } from "./data-frame.js";
import type { FileColumns } from "./file-columns.js";
import type { Unknown } from "./frame-columns.js";
import type { FrameHost } from "./frame-host.js";
import type { KafkaColumns } from "./kafka-columns.js";
import type { KafkaBatchOptions } from "./kafka-read-options.js";
import { type StateMetadataColumns, type StateOptions, stateEntry, stateMetadataEntry } from "./state-frames.js";

interface ReaderState {
  readonly format: string | null;
  readonly options: Options;
}

/**
 * Makes frames over files and Kafka topics. Without a schema the files are asked for theirs, so the frame comes as a promise; with
 * `schema(...)` it is there at once. Immutable: every call gives a new reader.
 *
 * @example
 * const flights = await session.read.parquet("flights.parquet");
 */
export class DataFrameReader {
  readonly #host: FrameHost;
  readonly #state: ReaderState;

  constructor(host: FrameHost, state: ReaderState = { format: null, options: {} }) {
    this.#host = host;
    this.#state = Object.freeze(state);
  }

  format(name: string): DataFrameReader {
    return this.#with({ format: name });
  }

  option(name: string, value: unknown): DataFrameReader {
    return this.#with({ options: { ...this.#state.options, [name]: value } });
  }

  options(options: Options): DataFrameReader {
    return this.#with({ options: { ...this.#state.options, ...options } });
  }

  /** The columns to read: a record of types, a schema, or DDL text ("id BIGINT, name STRING"). */
  schema<const I extends SchemaInput>(schema: I): SchemaFrameReader<SchemaColumns<I>> {
    return new SchemaFrameReader<SchemaColumns<I>>(this.#host, { ...this.#state, schema: schemaOfInput(schema) });
  }

  /** A file, a directory or a pattern, in the format that `format` names; "kafka" takes none. */
  async load(path?: string): Promise<DataFrame<Unknown>> {
    const { format, options } = this.#state;
    if (format === "kafka" && path === undefined)
      return frameOf(this.#host, kafkaEntry(this.#host.platform, options, false));
    return this.#infer(requireFormat(format), requirePath(path));
  }

  json(path: string): Promise<DataFrame<Unknown>> {
    return this.#infer("json", path);
  }

  parquet(path: string): Promise<DataFrame<Unknown>> {
    return this.#infer("parquet", path);
  }

  arrow(path: string): Promise<DataFrame<Unknown>> {
    return this.#infer("arrow", path);
  }

  /**
   * Records of Kafka topics between two offsets of each partition: from the earliest to the latest there is when the frame
   * runs, where nothing else is said.
   *
   * @example
   * const orders = session.read.kafka({ brokers: "localhost:9092", subscribe: "orders", endingOffsets: "latest" });
   */
  kafka<const O extends KafkaBatchOptions>(options: O): DataFrame<KafkaColumns<O>> {
    const given: KafkaBatchOptions = options;
    return frameOf(this.#host, kafkaEntry(this.#host.platform, { ...this.#state.options, ...given }, false));
  }

  /** What a memory stream holds when the frame runs. */
  memory<I extends SchemaInput>(stream: MemoryStream<I>): DataFrame<SchemaColumns<I>> {
    checkOptions(this.#state.options, [], "the memory stream");
    return frameOf(this.#host, stream.entry(false));
  }

  /**
   * What an operator of a query keeps, from the query's checkpoint: the state of the newest batch that is done, or of
   * another one that is retained. The query may be running; the frame is what it was when the directory was read.
   *
   * @example
   * const totals = await session.read.state("state/orders", { operator: "totals" });
   */
  async state(directory: string, options: StateOptions = {}): Promise<DataFrame<Unknown>> {
    checkOptions(this.#state.options, [], "read.state");
    return frameOf(this.#host, await stateEntry(this.#host, directory, options));
  }

  /**
   * Which state a checkpoint holds: operators with their tables, and how many rows each has.
   *
   * @example
   * await (await session.read.stateMetadata("state/orders")).show();
   */
  async stateMetadata(
    directory: string,
    options: Pick<StateOptions, "batchId"> = {},
  ): Promise<DataFrame<StateMetadataColumns>> {
    checkOptions(this.#state.options, [], "read.stateMetadata");
    return frameOf(this.#host, await stateMetadataEntry(this.#host, directory, options));
  }

  async #infer(format: FileFormatName, path: string): Promise<DataFrame<Unknown>> {
    const request = fileRequest(this.#host, { format, path, options: this.#state.options });
    return frameOf(this.#host, fileEntry(request, await fileSchema(request)));
  }

  #with(change: Partial<ReaderState>): DataFrameReader {
    return new DataFrameReader(this.#host, { ...this.#state, ...change });
  }
}

/** A reader that knows its columns. */
export class SchemaFrameReader<C = Unknown> {
  readonly #host: FrameHost;
  readonly #state: ReaderState & { readonly schema: Schema };

  constructor(host: FrameHost, state: ReaderState & { readonly schema: Schema }) {
    this.#host = host;
    this.#state = Object.freeze(state);
  }

  load(path: string): DataFrame<FileColumns<C>> {
    if (this.#state.format === "kafka") throw kafkaTakesNoSchema();
    return this.#files(requireFormat(this.#state.format), path);
  }

  json(path: string): DataFrame<FileColumns<C>> {
    return this.#files("json", path);
  }

  parquet(path: string): DataFrame<FileColumns<C>> {
    return this.#files("parquet", path);
  }

  arrow(path: string): DataFrame<FileColumns<C>> {
    return this.#files("arrow", path);
  }

  #files(format: FileFormatName, path: string): DataFrame<FileColumns<C>> {
    const request = fileRequest(this.#host, { format, path, options: this.#state.options });
    return frameOf(this.#host, fileEntry(request, this.#state.schema));
  }
}

function fileRequest(
  host: FrameHost,
  file: { format: FileFormatName; path: string; options: Options },
): Parameters<typeof fileEntry>[0] {
  return { files: host.platform.files, clock: host.platform.clock, streaming: false, ...file };
}

function frameOf<S>(host: FrameHost, entry: SourceEntry): DataFrame<S> {
  return new DataFrame<S>(host, { kind: "scan", source: host.sources.register(entry.factory, entry.description) });
}

function requireFormat(format: string | null): FileFormatName {
  if (format !== null) return requireFileFormatName(format);
  throw new OptionError("FORMAT_MISSING", "load() needs a format.", {
    hint: 'Use format("json"), format("parquet") or format("arrow").',
  });
}

function requirePath(path: string | undefined): string {
  if (path !== undefined) return path;
  throw new OptionError("PATH_MISSING", "Files are read from a path, and there is none.", {
    hint: 'Use load("directory").',
  });
}

function kafkaTakesNoSchema(): OptionError {
  return new OptionError("SCHEMA_NOT_TAKEN", 'The source "kafka" has columns of its own and takes no schema.', {
    hint: "Leave schema(...) out, and read the columns key and value with cast or fromJson.",
  });
}
