import type { ApiCall } from "./api-call.js";
import type { FakeCluster } from "./fake-cluster.js";
import type { FakeTopic } from "./fake-topic.js";
import type { PartitionLog } from "./partition-log.js";
import type { WireWriter } from "./wire-writer.js";

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const LEADER_NOT_AVAILABLE = 5;
const INVALID_TOPIC = 17;
const TOPIC_ALREADY_EXISTS = 36;
const INVALID_PARTITIONS = 37;
const INVALID_REPLICATION_FACTOR = 38;
const UNKNOWN_TOPIC_ID = 100;
const NO_ID = "0".repeat(32);
const NOT_ASKED = -(2 ** 31);
const INTERNAL = ["__consumer_offsets", "__transaction_state"];

interface Asked {
  readonly name: string | null;
  readonly id: string;
}

/** Metadata. */
export function describeTopics(call: ApiCall): void {
  const { cluster, from, to } = call;
  const asked = from.nullableArray((one): Asked => {
    const topic = { id: one.uuid(), name: one.nullableString() };
    one.tags();
    return topic;
  });
  from.bool();
  from.bool();
  from.tags();
  to.int32(0);
  to.array(cluster.living, (node) => to.int32(node).string(`node-${node}.fake`).int32(9092).string(null).tags());
  to.string("FakeClusterOfTheTests00").int32(cluster.living[0] ?? -1);
  to.array(asked ?? everything(cluster), (topic) => writeTopic(call, topic));
  to.tags();
}

function everything(cluster: FakeCluster): Asked[] {
  return [...cluster.topics.keys(), ...INTERNAL].map((name) => ({ name, id: NO_ID }));
}

function writeTopic(call: ApiCall, asked: Asked): void {
  const { cluster, to } = call;
  const isInternal = asked.name !== null && INTERNAL.includes(asked.name);
  const topic = asked.name === null ? cluster.topicOfId(asked.id) : cluster.topics.get(asked.name);
  const error = call.error || (topic === undefined && !isInternal ? errorOf(asked) : 0);
  to.int16(error)
    .string(topic?.name ?? asked.name)
    .uuid(topic?.id ?? asked.id)
    .bool(isInternal);
  const partitions = error === 0 ? (topic?.partitions ?? []) : [];
  to.array([...partitions.entries()], ([index, log]) => writePartition(to, { index, log, cluster }));
  to.int32(NOT_ASKED).tags();
}

function errorOf(asked: Asked): number {
  if (asked.name === null) return UNKNOWN_TOPIC_ID;
  return isName(asked.name) ? UNKNOWN_TOPIC_OR_PARTITION : INVALID_TOPIC;
}

function isName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== "." && name !== "..";
}

function writePartition(to: WireWriter, of: { index: number; log: PartitionLog; cluster: FakeCluster }): void {
  const { log, cluster } = of;
  const leader = cluster.dead.has(log.leader) ? -1 : log.leader;
  to.int16(leader < 0 ? LEADER_NOT_AVAILABLE : 0)
    .int32(of.index)
    .int32(leader)
    .int32(log.epoch);
  for (const nodes of [cluster.nodes, cluster.living, [...cluster.dead]]) to.array(nodes, (node) => to.int32(node));
  to.tags();
}

/** CreateTopics. */
export function createTopics(call: ApiCall): void {
  const { from, to } = call;
  const topics = from.array((one) => ({
    name: one.string(),
    partitions: one.int32(),
    replicas: one.int16(),
    assigned: one.array((partition) => [partition.int32(), partition.array((node) => node.int32())] as const),
    configs: new Map(one.array((config) => [config.string(), config.nullableString() ?? ""] as const)),
  }));
  from.int32();
  const onlyChecks = from.bool();
  to.int32(0).array(topics, (topic) => {
    const error = call.error || refusal(call.cluster, topic);
    if (error === 0 && !onlyChecks) makeTopic(call.cluster, topic);
    to.string(topic.name)
      .int16(error)
      .string(error === 0 ? null : `error ${error}`);
  });
}

interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicas: number;
  readonly assigned: readonly unknown[];
  readonly configs: ReadonlyMap<string, string>;
}

function refusal(cluster: FakeCluster, topic: NewTopic): number {
  if (!isName(topic.name)) return INVALID_TOPIC;
  if (cluster.topics.has(topic.name) || INTERNAL.includes(topic.name)) return TOPIC_ALREADY_EXISTS;
  if (topic.partitions === 0 || topic.partitions < -1) return INVALID_PARTITIONS;
  if (topic.replicas === 0 || topic.replicas > cluster.living.length) return INVALID_REPLICATION_FACTOR;
  return 0;
}

function makeTopic(cluster: FakeCluster, topic: NewTopic): FakeTopic {
  const partitions = topic.partitions === -1 ? Math.max(1, topic.assigned.length) : topic.partitions;
  return cluster.makeTopic(topic.name, { partitions, configs: topic.configs });
}

/** FindCoordinator, of groups and transactional ids. */
export function findCoordinator(call: ApiCall): void {
  const { from, to, cluster } = call;
  const key = from.string();
  from.int8();
  const node = call.error === 0 ? cluster.coordinator(key) : -1;
  to.int32(0)
    .int16(call.error)
    .string(null)
    .int32(node)
    .string(node < 0 ? "" : `node-${node}.fake`)
    .int32(node < 0 ? -1 : 9092);
}
