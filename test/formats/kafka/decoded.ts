import { toObjects } from "../../../src/columnar/to-objects.js";
import { nodeCompression } from "../../../src/common/node-compression.js";
import { kafkaSchema } from "../../../src/formats/kafka/kafka-schema.js";
import { loadCodecs } from "../../../src/formats/kafka/load-codecs.js";
import { type DecodedSpan, type DecoderParts, RecordDecoder } from "../../../src/formats/kafka/record-decoder.js";
import type { RecordSpan } from "../../../src/formats/kafka/record-span.js";
import type { StoredRecord } from "../../fakes/kafka/fake-record.js";
import { kafkajsCrc32c } from "../../fakes/kafka/kafkajs-protocol.js";

export const CODECS = await loadCodecs(nodeCompression);

export const DEFAULTS: DecoderParts = {
  schema: kafkaSchema(true),
  codecs: CODECS,
  maxBatchBytes: 2 ** 28,
  damaged: "fail",
};

/** All of topic t, partition 0, unless said otherwise. The bytes are copied: decoding writes to them. */
export function spanOf(bytes: Uint8Array, given: Partial<RecordSpan> = {}): RecordSpan {
  const all = { topic: "t", partition: 0, aborted: [], from: 0, to: Number.MAX_SAFE_INTEGER };
  return { ...all, ...given, bytes: new Uint8Array(bytes) };
}

export function decode(
  bytes: Uint8Array,
  given: Partial<RecordSpan> = {},
  parts: Partial<DecoderParts> = {},
): DecodedSpan {
  return new RecordDecoder({ ...DEFAULTS, ...parts }).decode(spanOf(bytes, given));
}

/** What came out, as the fakes write it. Timestamps in milliseconds. */
export function recordsOf(decoded: DecodedSpan): StoredRecord[] {
  return decoded.chunks.flatMap((chunk) =>
    toObjects(chunk, { int64: "bigint", timestamp: "date" }).map((row) => ({
      offset: Number(row.offset),
      timestamp: (row.timestamp as Date | null)?.getTime() ?? Number.NaN,
      key: row.key as Uint8Array | null,
      value: row.value as Uint8Array | null,
      headers: ((row.headers ?? []) as { key: string; value: Uint8Array | null }[]).map(({ key, value }) => [
        key,
        value,
      ]),
    })),
  );
}

export function joined(...batches: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(batches));
}

/** The batch with the checksum that its bytes have; in place. */
export function withChecksum(batch: Uint8Array): Uint8Array {
  new DataView(batch.buffer, batch.byteOffset).setUint32(17, kafkajsCrc32c(batch.subarray(21)));
  return batch;
}
