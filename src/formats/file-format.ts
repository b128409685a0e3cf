import type { Chunk } from "../columnar/chunk.js";
import type { FileInfo, FileSystem } from "../common/file-system.js";
import type { Schema } from "../types/data-type.js";

export interface FileReadRequest {
  readonly files: FileSystem;
  readonly file: FileInfo;
  /** The columns wanted, found by name; a column that the file lacks is NULL, other columns of the file are not read. */
  readonly schema: Schema;
  readonly signal: AbortSignal;
  /** Records that were not of the format: left out, or filled with NULLs. */
  readonly onMalformed: (count: number) => void;
}

/**
 * Bytes of a file -> chunks of at most CHUNK_ROWS rows, the same every time the file is read.
 * Every field of the requested schema is nullable: what a file really holds is not known before it is read.
 */
export interface FileFormat {
  readonly name: string;
  inferSchema(files: FileSystem, file: FileInfo): Promise<Schema>;
  read(request: FileReadRequest): AsyncIterable<Chunk>;
}
