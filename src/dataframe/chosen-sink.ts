import { checkOptions, nearestName, type Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import { isWritableFormatName, WRITABLE_FORMATS } from "../formats/writable-format-of.js";
import type { ConsoleOptions } from "../sinks/console-sink.js";
import { consoleSink, memorySink } from "./built-in-sinks.js";
import { fileSinkOf } from "./file-sinks.js";
import { kafkaSinkOf } from "./kafka-sinks.js";
import type { SinkChoice } from "./sink-choice.js";

/** Options of `writeStream` that are about the sources of the query. */
export const STREAM_LIMITS = ["maxRowsPerTrigger", "maxBytesPerTrigger", "maxFilesPerTrigger"] as const;
const FORMATS = ["console", "memory", "kafka", ...WRITABLE_FORMATS] as const;

/** What has been said of the sink: itself, or the name of its format and options. */
interface ToldOfSink {
  readonly sink: SinkChoice | null;
  readonly format: string | null;
  readonly partitionBy: readonly string[];
  readonly options: Options;
}

/** The sink of a query; `path` is what `start(path)` was given where no format says what to write there. */
export function chosenSink(told: ToldOfSink, path?: string): SinkChoice {
  if (path !== undefined) throw pathWithoutFormat(path);
  const sink = named(told);
  const { partitionBy } = told;
  if (partitionBy.length === 0) return sink;
  if (sink.partitionedBy !== undefined) return sink.partitionedBy(partitionBy);
  throw new OptionError("SINK_PARTITIONS", `The sink ${sink.label} has no partitions.`, {
    hint: "Leave partitionBy out, or write files: json, parquet, arrow or text.",
  });
}

function named({ sink, format, options }: ToldOfSink): SinkChoice {
  if (sink !== null) {
    checkOptions(options, STREAM_LIMITS, "writeStream");
    return sink;
  }
  const { maxRowsPerTrigger: _rows, maxBytesPerTrigger: _bytes, maxFilesPerTrigger: _files, ...own } = options;
  switch (format) {
    case "console":
      return consoleSink(own as ConsoleOptions);
    case "memory":
      checkOptions(own, [], "the memory sink");
      return memorySink();
    case "kafka":
      return kafkaSinkOf(own);
    default:
      if (format !== null && isWritableFormatName(format)) return fileSinkOf(format, own);
      throw noSink(format);
  }
}

function pathWithoutFormat(path: string): OptionError {
  return new OptionError("FORMAT_MISSING", `start("${path}") does not say what to write there.`, {
    hint: 'Use format("parquet").start(directory), or parquet(directory).start().',
  });
}

function noSink(format: string | null): OptionError {
  const ways =
    "Use console(), memory(name), parquet(directory), kafka({ topic }), foreachBatch(function), foreach(writer) or deltas().";
  if (format === null) return new OptionError("SINK_MISSING", "The query has no sink.", { hint: ways });
  const nearest = nearestName(format, FORMATS);
  const hint = nearest === null ? ways : `Did you mean "${nearest}"?`;
  return new OptionError("FORMAT_UNKNOWN", `There is no sink format "${format}".`, { hint });
}
