import { arrowFileWriter } from "./arrow-file-writer.js";
import { jsonLinesWriter } from "./json-lines-writer.js";
import { parquetWriter } from "./parquet-writer.js";
import { textWriter } from "./text-writer.js";
import type { WritableFormat } from "./writable-format.js";

export type WritableFormatName = "json" | "parquet" | "arrow" | "text";

const FORMATS: Readonly<Record<WritableFormatName, WritableFormat>> = {
  json: jsonLinesWriter,
  parquet: parquetWriter,
  arrow: arrowFileWriter,
  text: textWriter,
};

export const WRITABLE_FORMATS = Object.keys(FORMATS) as readonly WritableFormatName[];

export function isWritableFormatName(name: string): name is WritableFormatName {
  return Object.hasOwn(FORMATS, name);
}

export function writableFormatOf(name: WritableFormatName): WritableFormat {
  return FORMATS[name];
}
