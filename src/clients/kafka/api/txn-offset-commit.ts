import type { KafkaApi } from "../kafka-api.js";
import type { GroupOffset } from "../kafka-cluster.js";
import type { ProducerIdentity } from "./init-producer-id.js";
import { byTopic, type PartitionResult, readResults } from "./topic-partitions.js";

export interface TxnOffsetCommitRequest extends ProducerIdentity {
  readonly transactionalId: string;
  readonly group: string;
  readonly offsets: readonly GroupOffset[];
}

export const TXN_OFFSET_COMMIT: KafkaApi<TxnOffsetCommitRequest, readonly PartitionResult[]> = {
  api: 28,
  name: "TxnOffsetCommit",
  version: 2,
  flexible: false,
  encode: (writer, request) => {
    writer.string(request.transactionalId).string(request.group).int64(request.producerId).int16(request.epoch);
    writer.array(byTopic(request.offsets), (w, [topic, offsets]) => {
      w.string(topic).array(offsets, (v, { partition, offset, metadata }) => {
        v.int32(partition).int64(offset).int32(-1).string(metadata); // no leader epoch
      });
    });
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    return readResults(reader);
  },
};
