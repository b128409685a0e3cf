import { nearestName } from "../common/check-options.js";
import { FormatError } from "../common/millrace-error.js";
import type { OptionReader } from "../common/option-reader.js";
import { arrowFile } from "./arrow-file.js";
import type { FileFormat } from "./file-format.js";
import { JSON_LINES_DEFAULTS, jsonLines } from "./json-lines.js";
import { parquetReader } from "./parquet-reader.js";

export type FileFormatName = "json" | "parquet" | "arrow";

const FORMATS: Readonly<
  Record<FileFormatName, { options: readonly string[]; make: (options: OptionReader) => FileFormat }>
> = {
  json: { options: ["mode", "columnNameOfCorruptRecord", "inferRecords"], make: makeJsonLines },
  parquet: { options: [], make: () => parquetReader },
  arrow: { options: [], make: () => arrowFile },
};

export function isFileFormatName(name: string): name is FileFormatName {
  return Object.hasOwn(FORMATS, name);
}

/** The options that a format adds to those of the file source. */
export function fileFormatOptions(name: FileFormatName): readonly string[] {
  return FORMATS[name].options;
}

export function fileFormatOf(name: FileFormatName, options: OptionReader): FileFormat {
  return FORMATS[name].make(options);
}

/** For names that come from a user's text. */
export function requireFileFormatName(name: string): FileFormatName {
  if (isFileFormatName(name)) return name;
  const nearest = nearestName(name, Object.keys(FORMATS));
  throw new FormatError("FORMAT_UNKNOWN", `There is no file format '${name}'.`, {
    hint: nearest === null ? `Formats: ${Object.keys(FORMATS).join(", ")}.` : `Did you mean '${nearest}'?`,
  });
}

function makeJsonLines(options: OptionReader): FileFormat {
  return jsonLines({
    mode: options.choice("mode", ["permissive", "dropmalformed", "failfast"], JSON_LINES_DEFAULTS.mode),
    corruptColumn: options.text("columnNameOfCorruptRecord", JSON_LINES_DEFAULTS.corruptColumn),
    inferRecords: options.integer("inferRecords", JSON_LINES_DEFAULTS.inferRecords, 1),
  });
}
