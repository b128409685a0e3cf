import { EARLIEST, LATEST, LIST_OFFSETS, type ListOffsetsRequest } from "./api/list-offsets.js";
import { byLeader, type Led } from "./by-leader.js";
import type { ClusterContext } from "./cluster-context.js";
import { UNKNOWN_SERVER_ERROR } from "./error-codes.js";
import type { IsolationLevel, KafkaTopic, OffsetQuery } from "./kafka-cluster.js";
import type { KafkaError } from "./kafka-error.js";
import { PassingFailure } from "./passing-failure.js";
import { refusalOf } from "./refusal.js";
import { persistently, type Retries } from "./retries.js";

export interface OffsetsWanted {
  readonly topic: KafkaTopic;
  readonly partitions: readonly number[];
  readonly query: OffsetQuery;
  readonly isolation: IsolationLevel;
  readonly signal: AbortSignal | undefined;
}

/** Asks the leaders for one offset of each partition, at the same time; only what failed is asked for again. */
export async function listPartitionOffsets(
  context: ClusterContext,
  wanted: OffsetsWanted,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  const what = `Finding the ${QUERY_TEXT[wanted.query.kind]} of topic '${wanted.topic.name}'`;
  await persistently(context.policy, { what, signal: wanted.signal }, async (retries) => {
    const missing = wanted.partitions.filter((partition) => !found.has(partition));
    await attempt(context, wanted, { missing, retries, found });
  });
  return found;
}

const QUERY_TEXT = { earliest: "first offsets", latest: "end offsets", time: "offsets of a time" };

interface Round {
  readonly missing: readonly number[];
  readonly retries: Retries;
  readonly found: Map<number, number>;
}

async function attempt(context: ClusterContext, wanted: OffsetsWanted, round: Round): Promise<void> {
  const { directory } = context;
  const { topic } = wanted;
  await directory.prepare([topic.id], round.retries.limits);
  const led = round.missing.map((item) => ({ item, leader: directory.leader(topic.id, item) }));
  const groups = [...byLeader(led).values()];
  const results = await Promise.allSettled(groups.map((group) => askLeader(context, wanted, { ...round, group })));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (failures.length === 0) return;
  directory.suspect(topic.id);
  throw failures.find((failure) => !(failure instanceof PassingFailure)) ?? failures[0];
}

async function askLeader(
  { calls }: ClusterContext,
  { topic, query, isolation }: OffsetsWanted,
  { group, retries, found }: Round & { readonly group: readonly Led<number>[] },
): Promise<void> {
  const node = group[0]!.leader.leader;
  const partitions = group.map(({ item, leader }) => ({ partition: item, epoch: leader.epoch }));
  const request: ListOffsetsRequest = { topic: topic.name, isolation, time: timeOf(query), partitions };
  const answers = await calls.call(LIST_OFFSETS, request, { node, ...retries.limits });
  const asked = new Set(group.map(({ item }) => item));
  let failure: Error | null = null;
  for (const { partition, error, offset } of answers) {
    if (!asked.delete(partition)) continue;
    if (error === 0) found.set(partition, offset);
    else failure ??= failureOf(error, { topic, partition, node });
  }
  if (asked.size > 0) failure ??= failureOf(UNKNOWN_SERVER_ERROR, { topic, partition: [...asked][0]!, node });
  if (failure !== null) throw failure;
}

function timeOf(query: OffsetQuery): number {
  if (query.kind === "earliest") return EARLIEST;
  // A negative time would be one of the protocol's special values.
  return query.kind === "latest" ? LATEST : Math.max(0, query.millis);
}

function failureOf(
  error: number,
  { topic, partition, node }: { readonly topic: KafkaTopic; readonly partition: number; readonly node: number },
): KafkaError | PassingFailure {
  const what = `ListOffsets of topic '${topic.name}' partition ${partition}`;
  if (error === UNKNOWN_SERVER_ERROR) {
    return new PassingFailure("refused", `broker ${node} could not answer ${what}`, { code: error });
  }
  return refusalOf(error, { what, node, topic: topic.name, partition });
}
