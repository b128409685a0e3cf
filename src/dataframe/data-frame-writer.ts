import { nearestName, type Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import {
  isWritableFormatName,
  WRITABLE_FORMATS,
  type WritableFormatName,
  writableFormatOf,
} from "../formats/writable-format-of.js";
import type { PlanNode } from "../plan/plan-node.js";
import { writeRecords } from "../sinks/kafka/write-records.js";
import { type SaveMode, writeFiles } from "../sinks/write-files.js";
import type { Schema } from "../types/data-type.js";
import { requireDirectory } from "./file-sinks.js";
import type { FrameHost } from "./frame-host.js";
import { clusterOf, type KafkaRecordOptions, kafkaOptions, RECORD_OPTIONS, recordOptionsOf } from "./kafka-sinks.js";
import { requireBounded } from "./require-bounded.js";

const MODES: readonly SaveMode[] = ["append", "overwrite", "error", "ignore"];
const OPTIONS = ["maxRowsPerFile"];

/** The frame whose rows are written. */
interface Written {
  readonly host: FrameHost;
  readonly plan: PlanNode;
  readonly schema: Schema;
}

interface WriterState {
  readonly mode: SaveMode;
  readonly format: string | null;
  readonly options: Options;
  readonly partitionBy: readonly string[];
}

const INITIAL: WriterState = { mode: "error", format: null, options: {}, partitionBy: [] };

/**
 * Writes the rows of a bounded frame as files of a directory, or as records of a Kafka topic, all or none. Immutable: every call gives a new writer.
 *
 * @example
 * await totals.write.mode("overwrite").partitionBy("day").parquet("totals/");
 */
export class DataFrameWriter {
  readonly #frame: Written;
  readonly #state: WriterState;

  constructor(frame: Written, state: WriterState = INITIAL) {
    this.#frame = frame;
    this.#state = Object.freeze(state);
  }

  /** Where files are already: "error" (the default), "append" to them, "overwrite" them once the new ones are complete, or "ignore": write nothing. */
  mode(mode: SaveMode): DataFrameWriter {
    if (MODES.includes(mode)) return this.#with({ mode });
    throw new OptionError("SAVE_MODE", `There is no mode "${String(mode)}".`, { hint: `Use ${MODES.join(", ")}.` });
  }

  /** A directory `column=value` per value of these columns, which are left out of the files. */
  partitionBy(...columns: readonly string[]): DataFrameWriter {
    return this.#with({ partitionBy: columns });
  }

  /** "json", "parquet", "arrow", "text" or "kafka", for `save`. */
  format(name: string): DataFrameWriter {
    return this.#with({ format: name });
  }

  /** Files: `maxRowsPerFile`, a file is closed when it has this many rows. Kafka: those of `kafka`. */
  option(name: string, value: unknown): DataFrameWriter {
    return this.#with({ options: { ...this.#state.options, [name]: value } });
  }

  options(options: Options): DataFrameWriter {
    return this.#with({ options: { ...this.#state.options, ...options } });
  }

  /** Writes in the format that `format` names; "kafka" takes no directory. */
  async save(directory?: string): Promise<void> {
    const { format, options } = this.#state;
    if (format === "kafka") return this.#writeRecords({ path: directory, ...options });
    return this.#write(requireFormat(format), directory);
  }

  /** One JSON object per line. */
  async json(directory: string): Promise<void> {
    return this.#write("json", directory);
  }

  /** Needs the package hyparquet-writer. */
  async parquet(directory: string): Promise<void> {
    return this.#write("parquet", directory);
  }

  /** Arrow IPC, file format. */
  async arrow(directory: string): Promise<void> {
    return this.#write("arrow", directory);
  }

  /** A line per row; the frame has one column of text beside those of `partitionBy`. */
  async text(directory: string): Promise<void> {
    return this.#write("text", directory);
  }

  /**
   * Writes each row as a record of a Kafka topic, as `writeStream.kafka` does: all in one transaction, so that readers of
   * committed records see all or nothing.
   *
   * @example
   * await totals.select(col("day").as("key"), toJson(struct("*")).as("value")).write.kafka({ topic: "totals", brokers: "localhost:9092" });
   */
  async kafka(options: KafkaRecordOptions): Promise<void> {
    return this.#writeRecords({ ...this.#state.options, ...options });
  }

  #writeRecords(given: Options): Promise<void> {
    const { host, plan, schema } = this.#frame;
    const where = "the Kafka writer";
    requireBounded(plan, "write");
    const { mode, partitionBy } = this.#state;
    if (partitionBy.length > 0 || mode === "overwrite" || mode === "ignore") throw notForTopics(mode, partitionBy);
    const { reader, provider } = kafkaOptions(given, RECORD_OPTIONS, where);
    const { options, deliveryTimeoutMs, transactionTimeoutMs } = recordOptionsOf(reader, given);
    return writeRecords({
      ...clusterOf(host.platform, provider, deliveryTimeoutMs),
      options,
      transactional: reader.boolean("transactional", true),
      transactionTimeoutMs,
      schema,
      id: host.platform.random.uuid(),
      rows: () => host.engine.collect(plan),
    });
  }

  #write(format: WritableFormatName, directory: unknown): Promise<void> {
    const { host, plan, schema } = this.#frame;
    const { mode, options, partitionBy } = this.#state;
    requireBounded(plan, "write");
    return writeFiles({
      files: host.platform.files,
      path: requireDirectory(directory, "write"),
      format: writableFormatOf(format),
      mode,
      schema,
      partitionBy,
      maxRowsPerFile: new OptionReader(options, OPTIONS, "write").integer("maxRowsPerFile", null, 1),
      id: host.platform.random.uuid(),
      rows: () => host.engine.collect(plan),
    });
  }

  #with(change: Partial<WriterState>): DataFrameWriter {
    return new DataFrameWriter(this.#frame, { ...this.#state, ...change });
  }
}

/** A topic only ever gets more. */
function notForTopics(mode: SaveMode, partitionBy: readonly string[]): OptionError {
  const what = partitionBy.length > 0 ? "partitionBy" : `mode("${mode}")`;
  return new OptionError("SAVE_MODE", `Records are added to a topic: ${what} means nothing there.`, {
    hint:
      partitionBy.length > 0
        ? "Select a column 'partition', or let the key decide."
        : 'Leave it out, or use mode("append").',
  });
}

function requireFormat(name: string | null): WritableFormatName {
  if (name === null) {
    throw new OptionError("FORMAT_MISSING", "save() needs a format.", { hint: 'Use format("json") and the like.' });
  }
  if (isWritableFormatName(name)) return name;
  const known = [...WRITABLE_FORMATS, "kafka"];
  const nearest = nearestName(name, known);
  throw new OptionError("FORMAT_UNKNOWN", `Nothing is written in a format "${name}".`, {
    hint: nearest === null ? `Formats: ${known.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}
