import type { Chunk } from "../../columnar/chunk.js";
import type { Schema } from "../../types/data-type.js";
import type { Codecs } from "./codec-registry.js";
import type { RecordSpan } from "./record-span.js";

export interface DecoderParts {
  /** Columns of kafkaSchema, any of them in any order; others are not made. */
  readonly schema: Schema;
  readonly codecs: Codecs;
  /** Most bytes that one batch may be decompressed to. */
  readonly maxBatchBytes: number;
  /** What becomes of a batch that cannot be read: an error, or it is left out and counted. */
  readonly damaged: "fail" | "skip";
}

export interface DecodedSpan {
  readonly chunks: readonly Chunk[];
  /**
   * The offset to fetch next: behind the last batch that was looked at, however many of its records count; never below
   * `span.from`. It may be in the middle of the span: after a batch left out, or when enough has been decompressed at once.
   */
  readonly next: number;
  /** Batches left out. */
  readonly damaged: number;
}

/** Record batches of format 2 as columns. */
export class RecordDecoder {
  readonly #parts: DecoderParts;

  constructor(parts: DecoderParts) {
    this.#parts = parts;
  }

  decode(span: RecordSpan): DecodedSpan {
    throw new Error(`not built yet: ${this.#parts.damaged} ${span.topic}`);
  }
}
