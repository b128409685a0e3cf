import type { Options } from "../common/check-options.js";
import type { Clock } from "../common/clock.js";
import type { FileSystem } from "../common/file-system.js";
import { OptionError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import { type FileFormatName, fileFormatOf, fileFormatOptions } from "../formats/file-format-of.js";
import { nullableSchema } from "../formats/nullable-schema.js";
import type { Schema } from "../types/data-type.js";
import { fixedMicros, parseInterval } from "../types/interval.js";
import { fileLocation } from "./file-listing.js";
import { FileSource, type FileSourceConfig, fileLabel, inferFileSchema } from "./file-source.js";
import type { SourceEntry } from "./source-registry.js";

/** What a reader knows of files before it has a schema. */
export interface FileRequest {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly format: FileFormatName;
  /** A directory, a file, or a pattern in the last part ("in/*.json"). */
  readonly path: string;
  /**
   * maxFilesPerTrigger, latestFirst, pollInterval (milliseconds), maxFileAge ("7 days", or milliseconds; it does not hold
   * with latestFirst, where old files wait longest), and the format's own.
   */
  readonly options: Options;
  /** true: wait for files to arrive; false: what is there. */
  readonly streaming: boolean;
}

const OPTIONS = ["maxFilesPerTrigger", "latestFirst", "pollInterval", "maxFileAge"];
const MAX_FILE_AGE = "7 days";
const MICROS_PER_MS = 1000;

/** What a session registers for files. Every field of the schema becomes nullable: files are not checked before they are read. */
export function fileEntry(request: FileRequest, schema: Schema): SourceEntry {
  const config: FileSourceConfig = { ...configOf(request), schema: nullableSchema(schema) };
  const { bounded } = config;
  return {
    factory: { open: (storage) => new FileSource(config, storage) },
    description: {
      label: fileLabel(config),
      schema: config.schema,
      bounded,
      insertOnly: true,
      streaming: request.streaming,
    },
  };
}

/** The schema of the first file, for reads without one. */
export async function fileSchema(request: FileRequest): Promise<Schema> {
  return nullableSchema(await inferFileSchema(configOf(request)));
}

function configOf(request: FileRequest): Omit<FileSourceConfig, "schema"> {
  const { files, clock, format, path, streaming } = request;
  const known = [...OPTIONS, ...fileFormatOptions(format)];
  const options = new OptionReader(request.options, known, `the ${format} reader`);
  const latestFirst = options.boolean("latestFirst", false);
  const maxFileAge = maxFileAgeMs(request.options["maxFileAge"] ?? MAX_FILE_AGE);
  return {
    files,
    clock,
    location: fileLocation(files, path),
    format: fileFormatOf(format, options),
    bounded: !streaming,
    maxFilesPerTrigger: options.integer("maxFilesPerTrigger", null, 1),
    latestFirst,
    maxFileAgeMs: latestFirst ? Number.POSITIVE_INFINITY : maxFileAge,
    pollIntervalMs: options.integer("pollInterval", 500, 1),
  };
}

function maxFileAgeMs(given: unknown): number {
  const isTime = typeof given === "number" || typeof given === "string";
  const micros = isTime ? fixedMicros(parseInterval(given), "maxFileAge") : -1n;
  if (micros >= 0n) return Number(micros) / MICROS_PER_MS;
  throw new OptionError("OPTION_INVALID", `Option 'maxFileAge' is ${String(given)}.`, {
    hint: 'Give a length of time, such as "7 days".',
  });
}
