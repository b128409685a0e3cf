import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import { splitChunk } from "../columnar/chunk-of.js";
import { fromArrow } from "../columnar/from-arrow.js";
import { FormatError, MillraceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import type { FileFormat } from "./file-format.js";
import { fitChunk } from "./fit-chunk.js";

/** Arrow IPC, as file or as stream. */
export const arrowFile: FileFormat = Object.freeze({
  name: "arrow",

  async inferSchema(files, file): Promise<Schema> {
    return decode(await files.read(file.path), file.path).schema;
  },

  async *read({ files, file, schema, signal }): AsyncIterable<Chunk> {
    const { chunks } = decode(await files.read(file.path), file.path);
    for (const whole of chunks) {
      for (const chunk of whole.length > CHUNK_ROWS ? splitChunk(whole, CHUNK_ROWS) : [whole]) {
        if (signal.aborted) return;
        if (chunk.length > 0) yield fitChunk(chunk, schema, file.path);
      }
    }
  },
} satisfies FileFormat);

function decode(bytes: Uint8Array, path: string): ReturnType<typeof fromArrow> {
  if (bytes.length === 0) throw notArrow(path, undefined);
  try {
    return fromArrow(bytes);
  } catch (cause) {
    if (cause instanceof MillraceError && cause.code !== "ARROW_CORRUPT") throw cause;
    throw notArrow(path, cause);
  }
}

function notArrow(path: string, cause: unknown): FormatError {
  return new FormatError("NOT_ARROW", `${path} is not an Arrow IPC file or stream.`, { cause });
}
