import { OFFSET_COMMIT } from "./api/offset-commit.js";
import { OFFSET_FETCH } from "./api/offset-fetch.js";
import type { ClusterContext } from "./cluster-context.js";
import { UNKNOWN_TOPIC_OR_PARTITION } from "./error-codes.js";
import type { GroupOffset } from "./kafka-cluster.js";
import { accept } from "./refusal.js";
import { persistently, type Retries } from "./retries.js";
import { topicGone } from "./topic-gone.js";

/** As a client that is no member of the group. */
export async function commitGroupOffsets(
  context: ClusterContext,
  group: string,
  offsets: readonly GroupOffset[],
): Promise<void> {
  if (offsets.length === 0) return;
  await atGroup(context, { group, what: `Committing offsets of group '${group}'` }, async (node, retries) => {
    const request = { group, offsets };
    const results = await context.calls.call(OFFSET_COMMIT, request, { node, ...retries.limits });
    for (const { topic, partition, error } of results) {
      // Not waited for: these offsets are for people to look at.
      if (error === UNKNOWN_TOPIC_OR_PARTITION) throw topicGone(null, topic);
      accept(error, { what: commitText(group, topic, partition), node, topic, partition });
    }
  });
}

/** Waits until no open transaction can change them. In the order of `wanted.partitions`. */
export function groupOffsetsOf(
  context: ClusterContext,
  wanted: { readonly group: string; readonly topic: string; readonly partitions: readonly number[] },
): Promise<readonly GroupOffset[]> {
  const { group, topic, partitions } = wanted;
  const what = `Reading the offsets of group '${group}'`;
  return atGroup(context, { group, what }, async (node, retries) => {
    const answer = await context.calls.call(OFFSET_FETCH, wanted, { node, ...retries.limits });
    accept(answer.error, { what: `OffsetFetch of group '${group}'`, node });
    return partitions.map((partition) => {
      const found = answer.offsets.find((other) => other.partition === partition && other.topic === topic);
      if (found === undefined) return { topic, partition, offset: -1, metadata: "" };
      accept(found.error, { what: `OffsetFetch of group '${group}' for topic '${topic}'`, node, topic, partition });
      return { topic, partition, offset: found.offset, metadata: found.metadata };
    });
  });
}

function atGroup<T>(
  { coordinators, policy }: ClusterContext,
  { group, what }: { readonly group: string; readonly what: string },
  work: (node: number, retries: Retries) => Promise<T>,
): Promise<T> {
  return persistently(policy, { what }, (retries) => {
    const limits = retries.limits;
    return coordinators.at({ kind: "group", key: group }, limits, (node) => work(node, retries));
  });
}

function commitText(group: string, topic: string, partition: number): string {
  return `OffsetCommit of group '${group}' for topic '${topic}' partition ${partition}`;
}
