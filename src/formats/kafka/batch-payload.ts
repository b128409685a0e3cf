import { OutputLimit } from "../../common/compression.js";
import { FormatError } from "../../common/millrace-error.js";
import { BatchDamage } from "./batch-damage.js";
import type { BatchHeader } from "./batch-header.js";
import { CODEC_NAMES, type CodecName, type Codecs } from "./codec-registry.js";

/** Bytes that any batch may be decompressed to, however few they come from. */
const ALWAYS_ALLOWED_BYTES = 64 * 1024 * 1024;
/** Beyond that, so many for each compressed byte. */
const MOST_PER_BYTE = 64;

/** A codec that was not handed in; whoever knows the batch's place adds it. */
export class MissingCodec extends Error {
  readonly codec: CodecName;

  constructor(codec: CodecName) {
    super(codec);
    this.codec = codec;
  }
}

/** The user's error for a codec that is not there. */
export function codecMissing(
  codec: CodecName,
  purpose: string,
  details: { place?: string; hint: string },
): FormatError {
  return new FormatError("CODEC_MISSING", `${purpose} needs the codec ${codec}, which is not there.`, details);
}

/** The records of a compressed batch. @throws BatchDamage, MissingCodec */
export function decompressRecords(
  batch: BatchHeader,
  bytes: Uint8Array,
  { codecs, maxBatchBytes }: { readonly codecs: Codecs; readonly maxBatchBytes: number },
): Uint8Array {
  const name = CODEC_NAMES[batch.codec];
  if (name === undefined || name === "none") throw new BatchDamage(`it names the unknown codec ${batch.codec}`);
  const decompress = codecs[name];
  if (decompress === undefined) throw new MissingCodec(name);
  const compressed = bytes.subarray(batch.from, batch.end);
  const guard = Math.max(ALWAYS_ALLOWED_BYTES, MOST_PER_BYTE * compressed.length);
  try {
    return decompress(compressed, Math.min(maxBatchBytes, guard));
  } catch (cause) {
    if (cause instanceof OutputLimit) throw tooLarge(compressed.length, maxBatchBytes, guard);
    throw new BatchDamage(`its ${name} bytes cannot be decompressed (${(cause as Error).message})`, { cause });
  }
}

function tooLarge(compressed: number, maxBatchBytes: number, guard: number): BatchDamage {
  const most =
    guard < maxBatchBytes
      ? `${guard} bytes, ${MOST_PER_BYTE} times as many as it takes`
      : `the ${maxBatchBytes} bytes of maxBatchBytes`;
  return new BatchDamage(`its ${compressed} bytes would be decompressed to more than ${most}`, {
    code: "KAFKA_BATCH_TOO_LARGE",
  });
}
