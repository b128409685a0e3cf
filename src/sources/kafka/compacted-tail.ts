import type { KafkaCluster } from "../../clients/kafka/kafka-cluster.js";
import type { PartitionRange } from "./kafka-offset.js";

/**
 * Whether compaction took everything from `next` to the end of the range: the first batch that is left begins behind it.
 * That a broker answers with no records is no proof, it may lack them for a moment; nothing may be passed over for that.
 */
export async function isTailGone(
  cluster: KafkaCluster,
  rest: { readonly range: PartitionRange; readonly next: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { id: topicId, partition, to } = rest.range;
  // Read without regard to transactions: what follows may be an open one. One batch comes, however large.
  const position = { topicId, partition, offset: rest.next, maxBytes: 1 };
  const request = {
    positions: [position],
    isolation: "read_uncommitted",
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1,
  } as const;
  const [answer] = await cluster.fetch(request, signal);
  if (answer === undefined || answer.error !== 0 || answer.records.length < 8) return false;
  const { records } = answer;
  return new DataView(records.buffer, records.byteOffset).getBigInt64(0) >= to;
}
