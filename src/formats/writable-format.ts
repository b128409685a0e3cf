import type { Chunk } from "../columnar/chunk.js";
import type { Schema } from "../types/data-type.js";

/** The bytes of one file that holds these rows, piece by piece. Rows are compact (sel null), and all there: a file is written in one go. */
export type FileEncoder = (chunks: readonly Chunk[]) => Iterable<Uint8Array>;

/** Chunks -> bytes of a file. The same chunks give the same bytes every time. */
export interface WritableFormat {
  readonly name: string;
  /** Of the files' names, without the dot. */
  readonly extension: string;
  /** @throws FormatError when a column cannot be held by the format, or a package that it needs is missing */
  encoderFor(schema: Schema): Promise<FileEncoder>;
}
