import type { ApiCall } from "./api-call.js";
import type { FakeTopic } from "./fake-topic.js";
import type { PartitionLog } from "./partition-log.js";

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const NOT_LEADER = 6;
const FENCED_LEADER_EPOCH = 74;
const UNKNOWN_LEADER_EPOCH = 75;

/** The log of a partition that this node leads, or an error code; `epoch`: the leader epoch that the client knows, -1 for none. */
export function leadLog(
  call: ApiCall,
  topic: FakeTopic | undefined,
  place: { readonly partition: number; readonly epoch: number },
): PartitionLog | number {
  if (call.error !== 0) return call.error;
  const log = topic?.partitions[place.partition];
  if (log === undefined) return UNKNOWN_TOPIC_OR_PARTITION;
  if (place.epoch >= 0 && place.epoch < log.epoch) return FENCED_LEADER_EPOCH;
  if (place.epoch > log.epoch) return UNKNOWN_LEADER_EPOCH;
  return log.leader === call.node ? log : NOT_LEADER;
}
