import { allDone } from "../../common/all-done.js";
import { PRODUCE, type ProduceResult } from "./api/produce.js";
import { byLeader, type Led } from "./by-leader.js";
import type { ClusterContext } from "./cluster-context.js";
import type { KafkaError } from "./kafka-error.js";
import type { PartitionBatches } from "./kafka-producer.js";
import { PassingFailure } from "./passing-failure.js";
import { refusalOf } from "./refusal.js";
import { persistently, type Retries } from "./retries.js";

/** Batches of one partition, of which the first `sent` are acknowledged. */
interface Backlog extends PartitionBatches {
  sent: number;
}

/** Null: no transaction. */
export interface Writing {
  readonly transactionalId: string | null;
  readonly signal: AbortSignal;
}

/** What a request may hold before the next batch goes into another one. */
const REQUEST_BYTES = 8 * 2 ** 20;
/** The broker had the batch already: an answer was lost. */
const DUPLICATE_SEQUENCE_NUMBER = 46;

/**
 * Sends batches until all in-sync replicas have them. A partition has one batch on the way at a time, so that what is sent
 * again, with its sequence, is always the newest the broker has seen of it, and known to it if it arrived.
 */
export async function produceBatches(
  context: ClusterContext,
  writing: Writing,
  batches: readonly PartitionBatches[],
): Promise<void> {
  const backlogs: readonly Backlog[] = batches.map((partition) => ({ ...partition, sent: 0 }));
  const { transactionalId, signal } = writing;
  await persistently(context.policy, { what: `Writing to ${topicNames(batches)}`, signal }, async (retries) => {
    const open = backlogs.filter(({ batches: all, sent }) => sent < all.length);
    await sendAll({ context, transactionalId, retries }, open);
  });
}

interface Sending {
  readonly context: ClusterContext;
  readonly transactionalId: string | null;
  readonly retries: Retries;
}

async function sendAll(sending: Sending, open: readonly Backlog[]): Promise<void> {
  const { context, retries } = sending;
  const ids = open.map(({ topic }) => topic.id);
  await context.directory.prepare(ids, retries.limits);
  const led = open.map((item) => ({ item, leader: context.directory.leader(item.topic.id, item.partition) }));
  const failures: PassingFailure[] = [];
  await allDone([...byLeader(led).values()].map((group) => drain(sending, group, failures)));
  if (failures.length > 0) throw failures[0];
}

/** All batches that one leader takes. A partition that fails is left for the next attempt. */
async function drain(sending: Sending, group: readonly Led<Backlog>[], failures: PassingFailure[]): Promise<void> {
  const node = group[0]!.leader.leader;
  let open = group.map(({ item }) => item);
  while (open.length > 0) {
    const failed = new Set<Backlog>();
    for (const [backlog, failure] of await sendOnce(sending, node, nextOf(open))) {
      if (!(failure instanceof PassingFailure)) throw failure;
      sending.context.directory.suspect(backlog.topic.id);
      failures.push(failure);
      failed.add(backlog);
    }
    open = open.filter((backlog) => !failed.has(backlog) && backlog.sent < backlog.batches.length);
  }
}

/** Those whose next batches fit into one request, in turn: whoever was served is behind the others then. */
function nextOf(open: Backlog[]): readonly Backlog[] {
  let bytes = 0;
  let count = 0;
  while (count < open.length) {
    bytes += nextBatch(open[count]!).length;
    if (count > 0 && bytes > REQUEST_BYTES) break;
    count++;
  }
  const taken = open.splice(0, count);
  open.push(...taken);
  return taken;
}

function nextBatch({ batches, sent }: Backlog): Uint8Array {
  return batches[sent]!;
}

type Failed = readonly [Backlog, PassingFailure | KafkaError];

async function sendOnce(
  { context, transactionalId, retries }: Sending,
  node: number,
  backlogs: readonly Backlog[],
): Promise<readonly Failed[]> {
  const { calls } = context;
  const batches = backlogs.map((backlog) => {
    return { topic: backlog.topic.name, partition: backlog.partition, bytes: nextBatch(backlog) };
  });
  const request = { transactionalId, timeoutMs: calls.requestTimeoutMs, batches };
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes.length + batch.topic.length + 64, 128);
  let results: readonly ProduceResult[];
  try {
    results = await calls.call(PRODUCE, request, { node, ...retries.limits, bytes });
  } catch (failure) {
    if (!(failure instanceof PassingFailure)) throw failure;
    return backlogs.map((backlog) => [backlog, failure]);
  }
  const failures = backlogs.flatMap((backlog): readonly Failed[] => {
    const failure = settle(backlog, results, node);
    return failure === null ? [] : [[backlog, failure]];
  });
  if (failures.length < backlogs.length) retries.progress();
  return failures;
}

/** Notes that the batch is done; or gives why it is not. */
function settle(backlog: Backlog, results: readonly ProduceResult[], node: number): PassingFailure | KafkaError | null {
  const topic = backlog.topic.name;
  const { partition } = backlog;
  const what = `Produce to topic '${topic}' partition ${partition}`;
  const result = results.find((other) => other.partition === partition && other.topic === topic);
  if (result === undefined) return new PassingFailure("refused", `broker ${node} did not answer ${what}`);
  const { error, records } = result;
  if (error === 0 || error === DUPLICATE_SEQUENCE_NUMBER) {
    backlog.sent++;
    return null;
  }
  const message = [result.message, ...records.map(({ record, message: why }) => `record ${record}: ${why}`)]
    .filter((text) => text !== null && text !== "")
    .join("; ");
  return refusalOf(error, { what, node, topic, partition, message }, { records, batch: backlog.sent });
}

function topicNames(batches: readonly PartitionBatches[]): string {
  return [...new Set(batches.map(({ topic }) => `'${topic.name}'`))].join(", ");
}
