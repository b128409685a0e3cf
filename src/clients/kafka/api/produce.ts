import type { KafkaApi } from "../kafka-api.js";
import type { RecordRefusal } from "../kafka-error.js";
import type { WireReader } from "../wire-reader.js";
import { byTopic } from "./topic-partitions.js";

/** One record batch for one partition; a request may hold one for each. */
export interface ProducedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Uint8Array;
}

export interface ProduceRequest {
  readonly transactionalId: string | null;
  /** So long the leader waits for its replicas. */
  readonly timeoutMs: number;
  readonly batches: readonly ProducedBatch[];
}

export interface ProduceResult {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
  readonly message: string | null;
  readonly records: readonly RecordRefusal[];
}

const ALL_IN_SYNC = -1;

export const PRODUCE: KafkaApi<ProduceRequest, readonly ProduceResult[]> = {
  api: 0,
  name: "Produce",
  version: 8,
  flexible: false,
  encode: (writer, request) => {
    writer.string(request.transactionalId).int16(ALL_IN_SYNC).int32(request.timeoutMs);
    writer.array(byTopic(request.batches), (w, [topic, batches]) => {
      w.string(topic).array(batches, (v, { partition, bytes }) => v.int32(partition).lengthAndBytes(bytes));
    });
  },
  decode: (reader) => {
    const results = reader
      .array((r) => {
        const topic = r.string();
        return r.array((p) => readResult(p, topic));
      })
      .flat();
    reader.int32(); // throttle time
    return results;
  },
};

function readResult(reader: WireReader, topic: string): ProduceResult {
  const partition = reader.int32();
  const error = reader.int16();
  for (let i = 0; i < 3; i++) reader.bigint64(); // first offset, time of append, log start
  const records = reader.array((r) => ({ record: r.int32(), message: r.nullableString() ?? "" }));
  const message = reader.nullableString();
  return { topic, partition, error, message, records };
}
