import type { Chunk } from "../columnar/chunk.js";
import type { FileInfo, FileSystem } from "../common/file-system.js";
import type { Schema } from "../types/data-type.js";
import type { FileFormat, FileReadRequest } from "./file-format.js";
import { inferJsonSchema } from "./infer-json-schema.js";
import { JsonColumnsReader, type JsonMode } from "./json-reader.js";

export interface JsonLinesOptions {
  readonly mode: JsonMode;
  /** Name of the column that gets malformed records, where the schema has it. */
  readonly corruptColumn: string;
  /** Records looked at to find a schema. */
  readonly inferRecords: number;
}

export const JSON_LINES_DEFAULTS: JsonLinesOptions = Object.freeze({
  mode: "permissive",
  corruptColumn: "_corrupt_record",
  inferRecords: 1000,
});

const WINDOW_BYTES = 1 << 20;
const NEWLINE = 10;

/** One JSON object per line. */
export function jsonLines(options: JsonLinesOptions = JSON_LINES_DEFAULTS): FileFormat {
  return {
    name: "json",
    inferSchema: (files, file) => inferSchema(files, file, options),
    read: (request) => read(request, options),
  };
}

async function inferSchema(files: FileSystem, file: FileInfo, options: JsonLinesOptions): Promise<Schema> {
  let inferred = { schema: { fields: [] } as Schema, malformed: 0 };
  for await (const lines of linesOf({ files, file, windowBytes: 4 * WINDOW_BYTES })) {
    inferred = inferJsonSchema(lines, options.inferRecords);
    break;
  }
  if (inferred.malformed === 0 || options.mode !== "permissive") return inferred.schema;
  return {
    fields: [...inferred.schema.fields, { name: options.corruptColumn, type: { kind: "utf8" }, nullable: true }],
  };
}

async function* read(request: FileReadRequest, options: JsonLinesOptions): AsyncIterable<Chunk> {
  const { mode, corruptColumn } = options;
  const reader = new JsonColumnsReader(request.schema, { mode, corruptColumn });
  let counted = 0;
  for await (const lines of linesOf({ ...request, windowBytes: WINDOW_BYTES })) {
    if (request.signal.aborted) return;
    yield* reader.readLines(lines);
    request.onMalformed(reader.malformed - counted);
    counted = reader.malformed;
  }
  const rest = reader.finish();
  if (rest !== null) yield rest;
}

/** The file in pieces of whole lines; a line that is longer than the window makes its piece longer. */
async function* linesOf(input: { files: FileSystem; file: FileInfo; windowBytes: number }): AsyncIterable<Uint8Array> {
  const { files, file, windowBytes } = input;
  let open = new Uint8Array(0);
  for (let from = 0; from < file.size; ) {
    const window = await files.readRange(file.path, from, Math.min(from + windowBytes, file.size));
    if (window.length === 0) break;
    const bytes = from === 0 ? withoutByteOrderMark(window) : joined(open, window);
    from += window.length;
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    open = bytes.slice(end);
    if (end > 0) yield bytes.subarray(0, end);
  }
  if (open.length > 0) yield open;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
