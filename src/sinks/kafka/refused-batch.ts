import { KafkaError } from "../../clients/kafka/kafka-error.js";
import type { PartitionBatches } from "../../clients/kafka/kafka-producer.js";
import type { Column } from "../../columnar/column.js";
import { concatChunks } from "../../columnar/concat.js";
import { SinkError } from "../../common/millrace-error.js";
import type { Codecs } from "../../formats/kafka/codec-registry.js";
import { RecordDecoder } from "../../formats/kafka/record-decoder.js";
import { binary, schemaOf } from "../../types/type-constructors.js";
import { keyText } from "./poison-row.js";

/** What brokers say of records themselves: to send them again would change nothing. */
const REFUSALS = ["KAFKA_TOO_LARGE", "KAFKA_RECORD_REFUSED"];
const KEY = schemaOf({ key: binary() });
const LONGEST_BATCH = 2 ** 30;

/** What was sent, and what messages need to tell of it. */
export interface SentBatches {
  readonly batches: readonly PartitionBatches[];
  readonly codecs: Codecs;
  readonly place: string;
}

export function isRefusal(error: unknown): error is KafkaError {
  return error instanceof KafkaError && REFUSALS.includes(error.code);
}

/** The error for records that a broker refuses: names the record by its key, where it is known which one it is. */
export function refusedBatch(error: KafkaError, { batches, codecs, place }: SentBatches): SinkError {
  const { topic, partition, code } = error;
  const sent = batches.find((other) => other.topic.name === topic && other.partition === partition);
  const bytes = error.batch === null ? undefined : sent?.batches[error.batch];
  if (topic === null || partition === null || bytes === undefined) {
    return new SinkError(code, error.what, { place, hint: error.hint, cause: error });
  }
  const keys = keysOf(bytes, { topic, partition, codecs });
  const row = error.records[0]?.record ?? (keys.length === 1 ? 0 : null);
  const key = row === null || keys.layout !== "bytes" ? null : keyText(keys, row);
  const named = key === null ? "" : ` with the key ${key}`;
  const what = row === null ? `${keys.length} records in a batch of ${bytes.length} bytes` : `A record${named}`;
  const isBatch = code === "KAFKA_TOO_LARGE" && keys.length > 1;
  return new SinkError(code, `${what} for the topic "${topic}" cannot be written: ${error.what}`, {
    place,
    hint: isBatch ? "Set maxBatchBytes below max.message.bytes of the topic." : error.hint,
    cause: error,
  });
}

function keysOf(
  bytes: Uint8Array,
  { topic, partition, codecs }: { readonly topic: string; readonly partition: number; readonly codecs: Codecs },
): Column {
  const decoder = new RecordDecoder({ schema: KEY, codecs, maxBatchBytes: LONGEST_BATCH, damaged: "fail" });
  // The decoder writes to what it reads.
  const span = { topic, partition, bytes: bytes.slice(), aborted: [], from: 0, to: Number.MAX_SAFE_INTEGER };
  return concatChunks(decoder.decode(span).chunks).columns[0]!;
}
