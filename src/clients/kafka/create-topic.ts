import { CREATE_TOPICS, type CreateTopicRequest } from "./api/create-topics.js";
import type { ClusterContext } from "./cluster-context.js";
import { PassingFailure } from "./passing-failure.js";
import { accept } from "./refusal.js";
import { persistently, type Retries } from "./retries.js";

const TOPIC_ALREADY_EXISTS = 36;

/** Resolves when all partitions of the topic have leaders. False: it was there. */
export async function createTopic(
  context: ClusterContext,
  topic: Pick<CreateTopicRequest, "name" | "partitions" | "configs">,
): Promise<boolean> {
  const what = `Creating topic '${topic.name}'`;
  const created = await persistently(context.policy, { what }, (retries) => create(context, topic, retries));
  await persistently(context.policy, { what: `Waiting for topic '${topic.name}'` }, (retries) =>
    requireLeaders(context, topic.name, retries),
  );
  return created;
}

async function create(
  { calls, directory }: ClusterContext,
  topic: Pick<CreateTopicRequest, "name" | "partitions" | "configs">,
  retries: Retries,
): Promise<boolean> {
  const node = await directory.controller(retries.limits);
  const request = { ...topic, timeoutMs: calls.requestTimeoutMs };
  const answers = await calls.call(CREATE_TOPICS, request, { node, ...retries.limits });
  const [answer] = answers;
  if (answer === undefined) throw new PassingFailure("refused", `broker ${node} did not answer CreateTopics`);
  if (answer.error === TOPIC_ALREADY_EXISTS) return false;
  const what = `CreateTopics of '${topic.name}'`;
  accept(answer.error, { what, node, topic: topic.name, message: answer.message });
  return true;
}

async function requireLeaders({ directory }: ClusterContext, name: string, retries: Retries): Promise<void> {
  const [topic] = await directory.list([name], retries.limits);
  if (topic === undefined) throw new PassingFailure("refused", `topic '${name}' is not known yet`);
  const leaderless = topic.partitions.find(({ leader }) => leader < 0);
  if (leaderless === undefined) return;
  throw new PassingFailure("refused", `partition ${leaderless.partition} of topic '${name}' has no leader`);
}
