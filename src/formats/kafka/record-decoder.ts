import type { Chunk } from "../../columnar/chunk.js";
import { FormatError } from "../../common/millrace-error.js";
import type { Schema } from "../../types/data-type.js";
import { BatchDamage } from "./batch-damage.js";
import { codecMissing, MissingCodec } from "./batch-payload.js";
import type { Codecs } from "./codec-registry.js";
import type { RecordSpan } from "./record-span.js";
import { SpanDecoder } from "./span-decoder.js";

export interface DecoderParts {
  /** Columns of kafkaSchema, any of them in any order; others are not made. */
  readonly schema: Schema;
  readonly codecs: Codecs;
  /** Most bytes that one batch may be decompressed to. */
  readonly maxBatchBytes: number;
  /** What becomes of a batch that cannot be read: an error, or it is left out and counted. */
  readonly damaged: "fail" | "skip";
  /** False: bytes are taken for what they say, which saves about half of the time. Lengths are checked all the same. */
  readonly checkCrcs?: boolean;
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

  /**
   * @throws FormatError KAFKA_RECORD_DAMAGED, KAFKA_BATCH_TOO_LARGE or CODEC_MISSING with topic, partition and offset. The
   * first two only with `damaged: "fail"`, or where it cannot be told where the next batch begins.
   */
  decode(span: RecordSpan): DecodedSpan {
    const decoder = new SpanDecoder(this.#parts, span);
    try {
      while (decoder.step());
    } catch (error) {
      const behind = this.#parts.damaged === "skip" ? behindDamage(error, decoder, span) : null;
      if (behind === null) throw placed(error, decoder, span);
      return { chunks: decoder.finish(), ...behind };
    }
    return { chunks: decoder.finish(), next: decoder.next, damaged: 0 };
  }
}

/**
 * Where to go on behind a damaged batch: with another fetch, since the aborted transactions of this one may have ended in
 * the batch. Where it does not say for sure how far it goes, at the next offset, over and over until it is passed.
 */
function behindDamage(
  error: unknown,
  decoder: SpanDecoder,
  { from }: RecordSpan,
): { next: number; damaged: number } | null {
  if (!(error instanceof BatchDamage)) return null;
  const outline = decoder.outline();
  if (outline === null) return null;
  const { baseOffset, nextOffset } = outline;
  const next = nextOffset ?? Math.max(baseOffset, from) + 1;
  const isSeenFirst = nextOffset !== null || baseOffset >= from;
  return next > from ? { next, damaged: isSeenFirst ? 1 : 0 } : null;
}

/** The user's error, with the place of the batch. */
function placed(error: unknown, decoder: SpanDecoder, { topic, partition }: RecordSpan): unknown {
  const offset = decoder.outline()?.baseOffset ?? decoder.next;
  const place = `topic ${topic}, partition ${partition}, offset ${offset}`;
  if (error instanceof MissingCodec)
    return codecMissing(error.codec, "Reading this record batch", { place, hint: CODEC_HINT });
  if (!(error instanceof BatchDamage)) return error;
  return new FormatError(error.code, `A record batch cannot be read: ${error.message}.`, {
    place,
    hint: error.code === "KAFKA_BATCH_TOO_LARGE" ? TOO_LARGE_HINT : DAMAGED_HINT,
    cause: error,
  });
}

const CODEC_HINT = "Hand it in among the codecs.";
const DAMAGED_HINT = 'Start behind it, or leave such batches out with .option("damaged", "skip").';
const TOO_LARGE_HINT =
  'Have smaller batches written (batch.size of the producers), or leave such batches out with .option("damaged", "skip").';
