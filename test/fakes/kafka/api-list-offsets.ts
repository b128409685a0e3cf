import type { ApiCall } from "./api-call.js";
import { leadLog } from "./partition-access.js";
import type { PartitionLog } from "./partition-log.js";

const INVALID_REQUEST = 42;
const LATEST = -1;
const EARLIEST = -2;

interface Found {
  readonly offset: number;
  readonly timestamp: number;
}

const NOTHING: Found = { offset: -1, timestamp: -1 };

/** ListOffsets. */
export function listOffsets(call: ApiCall): void {
  const { from, to, cluster } = call;
  from.int32();
  const committed = from.int8() === 1;
  const topics = from.array((one) => ({
    name: one.string(),
    partitions: one.array((each) => ({ partition: each.int32(), epoch: each.int32(), timestamp: each.int64() })),
  }));
  to.int32(0).array(topics, (topic) => {
    to.string(topic.name).array(topic.partitions, (asked) => {
      const log = leadLog(call, cluster.topics.get(topic.name), asked);
      const found = typeof log === "number" ? log : find(log, { timestamp: asked.timestamp, committed });
      const { timestamp, offset } = typeof found === "number" ? NOTHING : found;
      to.int32(asked.partition).int16(typeof found === "number" ? found : 0);
      to.int64(timestamp)
        .int64(offset)
        .int32(offset < 0 || typeof log === "number" ? -1 : log.epoch);
    });
  });
}

function find(log: PartitionLog, asked: { timestamp: number; committed: boolean }): Found | number {
  const bound = asked.committed ? log.stable : log.end;
  if (asked.timestamp === EARLIEST) return { offset: log.start, timestamp: -1 };
  if (asked.timestamp === LATEST) return { offset: bound, timestamp: -1 };
  if (asked.timestamp < 0) return INVALID_REQUEST;
  const found = log.atTime(asked.timestamp);
  return found === null || found.offset >= bound ? NOTHING : found;
}
