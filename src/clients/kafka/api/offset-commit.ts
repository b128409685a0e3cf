import type { KafkaApi } from "../kafka-api.js";
import type { GroupOffset } from "../kafka-cluster.js";
import { byTopic, type PartitionResult, readResults } from "./topic-partitions.js";

export interface OffsetCommitRequest {
  readonly group: string;
  readonly offsets: readonly GroupOffset[];
}

/** Without being a member: brokers take it only while the group has none. */
export const OFFSET_COMMIT: KafkaApi<OffsetCommitRequest, readonly PartitionResult[]> = {
  api: 8,
  name: "OffsetCommit",
  version: 7,
  flexible: false,
  encode: (writer, request) => {
    writer.string(request.group).int32(-1).string("").string(null);
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
