import { checkOptions, type Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import type {
  CheckpointRequest,
  Guarantee,
  QueryHandle,
  RestartRequest,
  StreamRequest,
  Trigger,
} from "../plan/engine.js";
import type { OutputMode } from "../plan/output-mode.js";
import type { ConsoleOptions } from "../sinks/console-sink.js";
import type { ForeachWriter } from "../sinks/foreach-sink.js";
import { IterableSink } from "../sinks/iterable-sink.js";
import { consoleSink, type ForeachBatchFunction, foreachBatchSink, foreachSink, memorySink } from "./built-in-sinks.js";
import { chosenSink, STREAM_LIMITS } from "./chosen-sink.js";
import type { DataFrame } from "./data-frame.js";
import { DeltaStream } from "./delta-stream.js";
import {
  type CheckpointOptions,
  checkpointOf,
  durationMs,
  guaranteeOf,
  type RestartOptions,
  restartOf,
} from "./durability-options.js";
import { arrowSink, type FileSinkOptions, jsonSink, parquetSink, textSink } from "./file-sinks.js";
import { type KafkaSinkOptions, kafkaSink } from "./kafka-sinks.js";
import { positiveLimit } from "./read-limits.js";
import type { SinkChoice } from "./sink-choice.js";
import { type TriggerOptions, triggerOf } from "./trigger-options.js";

const OUTPUT_MODES: readonly OutputMode[] = ["append", "update", "complete", "changelog"];

/** Default read limits per trigger and source (DESIGN 4.1). */
const DEFAULT_LIMITS = { maxRowsPerTrigger: 1_000_000, maxBytesPerTrigger: 128 * 2 ** 20, maxFilesPerTrigger: null };

interface WriterState {
  readonly mode: OutputMode;
  readonly trigger: Trigger;
  readonly name: string | null;
  readonly sink: SinkChoice | null;
  readonly lateRows: SinkChoice | null;
  readonly format: string | null;
  readonly partitionBy: readonly string[];
  readonly options: Options;
  readonly signal: AbortSignal | null;
  readonly checkpoint: CheckpointRequest | null;
  readonly guarantee: Guarantee | null;
  readonly restart: RestartRequest | null;
  readonly stopTimeoutMs: number;
  readonly maxStateBytes: number | null;
}

const INITIAL: WriterState = {
  mode: "append",
  trigger: { kind: "asSoonAsPossible" },
  name: null,
  sink: null,
  lateRows: null,
  format: null,
  partitionBy: [],
  options: {},
  signal: null,
  checkpoint: null,
  guarantee: null,
  restart: null,
  stopTimeoutMs: 10_000,
  maxStateBytes: null,
};

/**
 * Says where and how the results of a streaming frame go, then starts it. Immutable: every call gives a new writer.
 *
 * @example
 * const query = await counts.writeStream.outputMode("complete").console().start();
 */
export class DataStreamWriter<S> {
  readonly #frame: DataFrame<S>;
  readonly #state: WriterState;

  constructor(frame: DataFrame<S>, state: WriterState = INITIAL) {
    this.#frame = frame;
    this.#state = Object.freeze(state);
  }

  /** What is sent per trigger: "append" (the default) final rows, "update" changed rows, "complete" everything, "changelog" weighted changes. */
  outputMode(mode: OutputMode): DataStreamWriter<S> {
    if (OUTPUT_MODES.includes(mode)) return this.#with({ mode });
    throw new OptionError("OUTPUT_MODE", `There is no output mode "${String(mode)}".`, {
      hint: `Use ${OUTPUT_MODES.join(", ")}.`,
    });
  }

  /** Without a trigger the next batch starts as soon as there is data and the last one is done. */
  trigger(options: TriggerOptions): DataStreamWriter<S> {
    return this.#with({ trigger: triggerOf(options) });
  }

  /** A name unique among the running queries. */
  queryName(name: string): DataStreamWriter<S> {
    return this.#with({ name });
  }

  /** "console", "memory", "kafka", "json", "parquet", "arrow" or "text"; each also has a method of its own. */
  format(name: string): DataStreamWriter<S> {
    return this.#with({ format: name, sink: null });
  }

  /** "checkpointLocation" and "guarantee" are the query's; limits are its sources'; all others are the sink's. */
  option(name: string, value: unknown): DataStreamWriter<S> {
    return this.options({ [name]: value });
  }

  options(options: Options): DataStreamWriter<S> {
    const { checkpointLocation, guarantee, ...others } = options;
    let writer = this.#with({ options: { ...this.#state.options, ...others } });
    if (checkpointLocation !== undefined) {
      const { directory: _before, ...kept } = this.#state.checkpoint ?? {};
      writer = writer.#with({ checkpoint: checkpointOf(checkpointLocation, kept) });
    }
    return guarantee === undefined ? writer : writer.#with({ guarantee: guaranteeOf(guarantee) });
  }

  /**
   * Keeps offsets and state in a directory that this query alone uses: started again, it goes on where it stopped.
   *
   * @example
   * const writer = totals.writeStream.outputMode("update").checkpoint("state/totals", { retainBatches: 10 });
   */
  checkpoint(directory: string, options: CheckpointOptions = {}): DataStreamWriter<S> {
    return this.#with({ checkpoint: checkpointOf(directory, options) });
  }

  /**
   * Asks for a guarantee; `start()` refuses what source, sink and checkpoint cannot give. Without it: the strongest they can.
   *
   * @example
   * const writer = totals.writeStream.checkpoint("state/totals").guarantee("exactly-once");
   */
  guarantee(level: Guarantee): DataStreamWriter<S> {
    return this.#with({ guarantee: guaranteeOf(level) });
  }

  /**
   * When a trigger fails, the query opens again from its checkpoint instead of ending.
   *
   * @example
   * const writer = totals.writeStream.checkpoint("state/totals").restart({ times: 3, backoff: "5 seconds" });
   */
  restart(options: RestartOptions): DataStreamWriter<S> {
    return this.#with({ restart: restartOf(options) });
  }

  /**
   * How long `stop()` waits for the batch in progress: an interval text, or milliseconds. 10 seconds unless set.
   *
   * @example
   * const writer = totals.writeStream.stopTimeout("1 minute");
   */
  stopTimeout(timeout: string | number): DataStreamWriter<S> {
    return this.#with({ stopTimeoutMs: durationMs(timeout, "stopTimeout") });
  }

  /**
   * The query ends with an error when its state outgrows this, before memory does.
   *
   * @example
   * const writer = totals.writeStream.maxStateBytes(256 * 2 ** 20);
   */
  maxStateBytes(bytes: number): DataStreamWriter<S> {
    return this.#with({ maxStateBytes: positiveLimit({ maxStateBytes: bytes }, "maxStateBytes") });
  }

  /** Stops the query when the signal aborts. */
  signal(signal: AbortSignal): DataStreamWriter<S> {
    return this.#with({ signal });
  }

  console(options: ConsoleOptions = {}): DataStreamWriter<S> {
    return this.sink(consoleSink(options));
  }

  /** Readable as `session.table(name)` while the query runs and after. */
  memory(name?: string): DataStreamWriter<S> {
    return this.sink(memorySink(name));
  }

  /**
   * Calls `write` with the rows of each trigger as a bounded frame, the batch id, and `{ attempt }`. The batch id tells a
   * repeated batch. The query goes on when `write` is done, so `write` must not await the query itself (`void query.stop()` is fine).
   */
  foreachBatch(write: ForeachBatchFunction<S>): DataStreamWriter<S> {
    return this.sink(foreachBatchSink(write));
  }

  foreach(writer: ForeachWriter): DataStreamWriter<S> {
    return this.sink(foreachSink(writer));
  }

  /**
   * Appends a file of JSON lines per trigger to a directory; with a checkpoint each row exactly once, whatever happens.
   *
   * @example
   * const query = await orders.writeStream.checkpoint("state/orders").json("orders/").start();
   */
  json(directory: string, options: FileSinkOptions = {}): DataStreamWriter<S> {
    return this.sink(jsonSink(directory, options));
  }

  /** Appends parquet files to a directory, as `json` does. Needs the package hyparquet-writer. */
  parquet(directory: string, options: FileSinkOptions = {}): DataStreamWriter<S> {
    return this.sink(parquetSink(directory, options));
  }

  /** Appends Arrow IPC files to a directory, as `json` does. */
  arrow(directory: string, options: FileSinkOptions = {}): DataStreamWriter<S> {
    return this.sink(arrowSink(directory, options));
  }

  /** Appends text files to a directory, as `json` does: a line per row, of one column of text. */
  text(directory: string, options: FileSinkOptions = {}): DataStreamWriter<S> {
    return this.sink(textSink(directory, options));
  }

  /**
   * Writes each row as a record of a Kafka topic: `value` (text or bytes), and `key`, `topic`, `partition`, `headers`, `timestamp`
   * where the rows have them. With a checkpoint each row once, by a transaction per trigger.
   *
   * @example
   * const rows = counts.select(col("user").as("key"), toJson(struct("*")).as("value"));
   * const query = await rows.writeStream.outputMode("update").checkpoint("state/counts").kafka({ topic: "counts", brokers: "localhost:9092" }).start();
   */
  kafka(options: KafkaSinkOptions): DataStreamWriter<S> {
    return this.sink(kafkaSink(options));
  }

  /**
   * Files go to a directory `column=value` per value of these columns, which are left out of the files.
   *
   * @example
   * const writer = orders.writeStream.partitionBy("day").parquet("orders/");
   */
  partitionBy(...columns: readonly string[]): DataStreamWriter<S> {
    return this.#with({ partitionBy: columns });
  }

  sink(sink: SinkChoice): DataStreamWriter<S> {
    return this.#with({ sink, format: null });
  }

  /** Also sends rows that came too late to `sink`, with their operator, its bound and how late they were. */
  lateRows(sink: SinkChoice): DataStreamWriter<S> {
    return this.#with({ lateRows: sink });
  }

  /**
   * Starts the query. Everything that cannot work is refused here, before a row is read. `path` is the directory of the
   * files that `format` names.
   * @throws StreamingRefusal with a code, the operator, the reason and the way out
   */
  async start(path?: string): Promise<QueryHandle> {
    if (path !== undefined && this.#state.format !== null) return this.option("path", path).start();
    return this.#start(chosenSink(this.#state, path));
  }

  /** Starts the query and gives its changes to a `for await` loop; leaving the loop stops the query. */
  async deltas(): Promise<DeltaStream> {
    const { sink: other, format, options } = this.#state;
    if (other !== null || format !== null) {
      throw new OptionError(
        "SINK_TWICE",
        `deltas() is a sink of its own, and the query has the sink "${other?.label ?? format}".`,
      );
    }
    checkOptions(options, STREAM_LIMITS, "writeStream");
    const handle: { query: QueryHandle | null } = { query: null };
    const sink = new IterableSink(() => handle.query?.stop());
    const query = await this.#start({ label: "iterable", make: () => sink });
    handle.query = query;
    // The stream gives the error of the query itself.
    void query
      .awaitTermination()
      .catch(() => {})
      .then(() => sink.end(null));
    return new DeltaStream(sink, query);
  }

  async #start(sink: SinkChoice): Promise<QueryHandle> {
    const { host, plan } = this.#frame;
    const { mode, trigger, name, lateRows, signal } = this.#state;
    const { checkpoint, guarantee, restart, stopTimeoutMs, maxStateBytes } = this.#state;
    if (restart !== null && checkpoint === null) throw noCheckpoint();
    const use = { hasCheckpoint: checkpoint !== null, guarantee, resetSink: checkpoint?.resetSink ?? false };
    const request: StreamRequest = {
      plan,
      mode,
      trigger,
      name,
      signal,
      sink: host.sinks.register(() => sink.make(host, name, use)),
      lateRows: lateRows === null ? null : host.sinks.register(() => lateRows.make(host, null, use)),
      limits: this.#limits(),
      checkpoint,
      guarantee,
      restart,
      stopTimeoutMs,
      maxStateBytes,
    };
    return host.engine.start(request);
  }

  #limits(): StreamRequest["limits"] {
    const given = this.#state.options;
    return {
      maxRowsPerTrigger: positiveLimit(given, "maxRowsPerTrigger") ?? DEFAULT_LIMITS.maxRowsPerTrigger,
      maxBytesPerTrigger: positiveLimit(given, "maxBytesPerTrigger") ?? DEFAULT_LIMITS.maxBytesPerTrigger,
      maxFilesPerTrigger: positiveLimit(given, "maxFilesPerTrigger"),
    };
  }

  #with(change: Partial<WriterState>): DataStreamWriter<S> {
    return new DataStreamWriter(this.#frame, { ...this.#state, ...change });
  }
}

function noCheckpoint(): OptionError {
  return new OptionError("RESTART_WITHOUT_CHECKPOINT", "restart() has nothing to go on from.", {
    hint: "Add checkpoint(directory).",
  });
}
