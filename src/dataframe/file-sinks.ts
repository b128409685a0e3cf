import type { Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import { plainPath } from "../common/plain-path.js";
import { type WritableFormatName, writableFormatOf } from "../formats/writable-format-of.js";
import { FileSink } from "../sinks/file-sink.js";
import type { SinkChoice } from "./sink-choice.js";

export interface FileSinkOptions {
  /** A file is closed when it has this many rows. Without it a trigger writes one file, or one per partition. */
  readonly maxRowsPerFile?: number;
  /** Takes over a directory that another query has written to. Its files stay, so rows may be there twice. */
  readonly resetSink?: boolean;
}

/**
 * Appends one file of JSON lines per trigger to a directory, each row exactly once.
 *
 * @example
 * const writer = orders.writeStream.lateRows(jsonSink("late/"));
 */
export function jsonSink(directory: string, options: FileSinkOptions = {}): SinkChoice {
  return fileSinkChoice({ format: "json", directory, options: { ...options } });
}

/**
 * Appends parquet files to a directory, each row exactly once. Needs the package hyparquet-writer.
 *
 * @example
 * const writer = orders.writeStream.sink(parquetSink("totals/", { maxRowsPerFile: 1_000_000 }));
 */
export function parquetSink(directory: string, options: FileSinkOptions = {}): SinkChoice {
  return fileSinkChoice({ format: "parquet", directory, options: { ...options } });
}

/**
 * Appends Arrow IPC files to a directory, each row exactly once.
 *
 * @example
 * const writer = orders.writeStream.sink(arrowSink("totals/"));
 */
export function arrowSink(directory: string, options: FileSinkOptions = {}): SinkChoice {
  return fileSinkChoice({ format: "arrow", directory, options: { ...options } });
}

/**
 * Appends text files to a directory, a line per row, each row exactly once. The rows have one column of text.
 *
 * @example
 * const writer = orders.select(col("user").as("line")).writeStream.sink(textSink("users/"));
 */
export function textSink(directory: string, options: FileSinkOptions = {}): SinkChoice {
  return fileSinkChoice({ format: "text", directory, options: { ...options } });
}

/** What `format(name).option(...)` says of a sink of files; the directory is the option `path`. */
export function fileSinkOf(format: WritableFormatName, { path, ...options }: Options): SinkChoice {
  if (path !== undefined) return fileSinkChoice({ format, directory: path, options });
  throw new OptionError("OPTION_MISSING", `The ${format} sink needs a directory.`, {
    hint: `Use start("directory"), option("path", "directory"), or ${format}("directory").`,
  });
}

interface FileSinkRequest {
  readonly format: WritableFormatName;
  readonly directory: unknown;
  readonly options: Options;
  readonly partitionBy?: readonly string[];
}

function fileSinkChoice(request: FileSinkRequest): SinkChoice {
  const { format, partitionBy = [] } = request;
  const path = requireDirectory(request.directory, `the ${format} sink`);
  const options = new OptionReader(request.options, ["maxRowsPerFile", "resetSink"], `the ${format} sink`);
  const config = {
    path,
    partitionBy,
    format: writableFormatOf(format),
    maxRowsPerFile: options.integer("maxRowsPerFile", null, 1),
    resetSink: options.boolean("resetSink", false),
  };
  return {
    label: `${format}(${plainPath(path)})`,
    make: ({ platform }) => new FileSink({ ...config, files: platform.files }),
    partitionedBy: (columns) => fileSinkChoice({ ...request, partitionBy: columns }),
  };
}

/** @throws OptionError for what is no path */
export function requireDirectory(directory: unknown, where: string): string {
  if (typeof directory === "string" && directory.trim() !== "") return directory;
  throw new OptionError("OPTION_INVALID", `The directory of ${where} must be a path, not ${String(directory)}.`);
}
