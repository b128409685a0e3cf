import type { ApiCall } from "./api-call.js";
import type { WireReader } from "./wire-reader.js";

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const OFFSET_METADATA_TOO_LARGE = 12;
const NOT_COORDINATOR = 16;
const ILLEGAL_GENERATION = 22;
const UNSTABLE_OFFSET_COMMIT = 88;
const MAX_METADATA = 4096;

/** One offset in a request. */
export interface AskedOffset {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly epoch: number;
  readonly metadata: string;
}

export interface AskedTopic {
  readonly name: string;
  readonly offsets: readonly AskedOffset[];
}

/** As OffsetCommit and TxnOffsetCommit send them. */
export function readOffsets(from: WireReader, group: string): AskedTopic[] {
  return from.array((one) => {
    const name = one.string();
    const offsets = one.array((each) => ({
      group,
      topic: name,
      partition: each.int32(),
      offset: each.int64(),
      epoch: each.int32(),
      metadata: each.nullableString() ?? "",
    }));
    return { name, offsets };
  });
}

/** Hands what is right to `accept`, and answers per partition. */
export function answerOffsets(
  call: ApiCall,
  topics: readonly AskedTopic[],
  by: { readonly error: number; readonly accept: (offset: AskedOffset) => void },
): void {
  const { to } = call;
  to.int32(0).array(topics, (topic) => {
    to.string(topic.name).array(topic.offsets, (offset) => {
      const error = by.error || offsetError(call, offset);
      if (error === 0) by.accept(offset);
      to.int32(offset.partition).int16(error);
    });
  });
}

function offsetError(call: ApiCall, offset: AskedOffset): number {
  if (call.cluster.topics.get(offset.topic)?.partitions[offset.partition] === undefined) {
    return UNKNOWN_TOPIC_OR_PARTITION;
  }
  return offset.metadata.length > MAX_METADATA ? OFFSET_METADATA_TOO_LARGE : 0;
}

/** The error code of a request that belongs to the coordinator of `key`; 0 here. */
export function coordinatorError(call: ApiCall, key: string): number {
  return call.error || (call.cluster.coordinator(key) === call.node ? 0 : NOT_COORDINATOR);
}

/** OffsetCommit, without membership. */
export function commitOffsets(call: ApiCall): void {
  const { from, cluster } = call;
  const group = from.string();
  const generation = from.int32();
  from.string();
  from.nullableString();
  const topics = readOffsets(from, group);
  const error = coordinatorError(call, group) || (generation >= 0 ? ILLEGAL_GENERATION : 0);
  answerOffsets(call, topics, { error, accept: (offset) => cluster.offsets.commit([offset]) });
}

/** OffsetFetch. */
export function fetchOffsets(call: ApiCall): void {
  const { from, to, cluster } = call;
  const group = from.string();
  const asked = from.nullableArray((one) => {
    const topic = { name: one.string(), partitions: one.array((each) => each.int32()) };
    one.tags();
    return topic;
  });
  const stable = from.bool();
  from.tags();
  const forced = call.error === UNSTABLE_OFFSET_COMMIT ? call.error : 0;
  const error = forced === 0 ? coordinatorError(call, group) : 0;
  to.int32(0);
  to.array(error === 0 ? (asked ?? topicsOf(call, group)) : [], (topic) => {
    to.string(topic.name).array(topic.partitions, (partition) => {
      const pending = stable && cluster.offsets.isPending(group, topic.name, partition);
      const known = pending || forced !== 0 ? null : cluster.offsets.get(group, topic.name, partition);
      to.int32(partition)
        .int64(known?.offset ?? -1)
        .int32(known?.epoch ?? -1)
        .string(known?.metadata ?? "");
      to.int16(forced || (pending ? UNSTABLE_OFFSET_COMMIT : 0)).tags();
    });
    to.tags();
  });
  to.int16(error).tags();
}

function topicsOf(call: ApiCall, group: string): { name: string; partitions: number[] }[] {
  const all = call.cluster.offsets.all(group);
  const names = [...new Set(all.map((one) => one.topic))];
  return names.map((name) => ({
    name,
    partitions: all.filter((one) => one.topic === name).map((one) => one.partition),
  }));
}
