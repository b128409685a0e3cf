import type { IsolationLevel, KafkaCluster, OffsetQuery } from "../../clients/kafka/kafka-cluster.js";
import { SourceError } from "../../common/millrace-error.js";
import { partitionName } from "./kafka-offset.js";
import { type ByPartition, EARLIEST, LATEST, type OffsetChoice } from "./offset-choice.js";
import type { ReadTopic } from "./topic-catalog.js";

export interface ResolveParts {
  readonly cluster: KafkaCluster;
  readonly isolation: IsolationLevel;
  readonly label: string;
  readonly signal: AbortSignal;
}

/** Offsets by topic and partition. */
export type OffsetsByTopic = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** What a choice means now, for every partition that is read. @throws SourceError */
export async function resolveChoice(
  parts: ResolveParts,
  topics: readonly ReadTopic[],
  choice: OffsetChoice,
): Promise<OffsetsByTopic> {
  if (choice.kind === "offsets" || (choice.kind === "times" && typeof choice.at !== "number")) {
    requireSamePartitions(parts, topics, {
      option: choice.option,
      by: choice.kind === "offsets" ? choice.by : (choice.at as ByPartition),
    });
  }
  const resolved = topics.map(async (read): Promise<[string, ReadonlyMap<number, number>]> => {
    return [read.topic.name, await resolveTopic(parts, read, choice)];
  });
  return new Map(await Promise.all(resolved));
}

/** One query for all partitions of all topics. */
export async function queryOffsets(
  parts: ResolveParts,
  topics: readonly ReadTopic[],
  query: OffsetQuery,
): Promise<OffsetsByTopic> {
  const asked = topics.map(async (read): Promise<[string, ReadonlyMap<number, number>]> => {
    return [read.topic.name, await ask(parts, read, query)];
  });
  return new Map(await Promise.all(asked));
}

function ask(
  parts: ResolveParts,
  { topic, partitions }: ReadTopic,
  query: OffsetQuery,
): Promise<ReadonlyMap<number, number>> {
  if (partitions.length === 0) return Promise.resolve(new Map());
  return parts.cluster.offsets(topic, partitions, { query, isolation: parts.isolation, signal: parts.signal });
}

function resolveTopic(
  parts: ResolveParts,
  read: ReadTopic,
  choice: OffsetChoice,
): Promise<ReadonlyMap<number, number>> {
  switch (choice.kind) {
    case "earliest":
    case "latest":
      return ask(parts, read, { kind: choice.kind });
    case "offsets":
      return resolveOffsets(parts, read, choice.by.get(read.topic.name) ?? new Map());
    case "times":
      return resolveTimes(parts, read, choice);
  }
}

async function resolveOffsets(
  parts: ResolveParts,
  { topic, partitions }: ReadTopic,
  given: ReadonlyMap<number, number>,
): Promise<ReadonlyMap<number, number>> {
  const named = (word: number): readonly number[] => partitions.filter((partition) => given.get(partition) === word);
  const earliest = await ask(parts, { topic, partitions: named(EARLIEST) }, { kind: "earliest" });
  const latest = await ask(parts, { topic, partitions: named(LATEST) }, { kind: "latest" });
  return new Map([...given, ...earliest, ...latest]);
}

async function resolveTimes(
  parts: ResolveParts,
  read: ReadTopic,
  choice: OffsetChoice & { readonly kind: "times" },
): Promise<ReadonlyMap<number, number>> {
  const { topic, partitions } = read;
  const timeOf = (partition: number): number =>
    typeof choice.at === "number" ? choice.at : (choice.at.get(topic.name)?.get(partition) ?? 0);
  const found = new Map<number, number>();
  for (const millis of new Set(partitions.map(timeOf))) {
    const same = partitions.filter((partition) => timeOf(partition) === millis);
    for (const [partition, offset] of await ask(parts, { topic, partitions: same }, { kind: "time", millis })) {
      found.set(partition, offset);
    }
  }
  const none = partitions.filter((partition) => (found.get(partition) ?? -1) < 0);
  if (none.length > 0 && choice.none === "error")
    throw noneSoNew(parts.label, partitionName(topic.name, none[0]), choice.option);
  return new Map([...found, ...(await ask(parts, { topic, partitions: none }, { kind: "latest" }))]);
}

function noneSoNew(label: string, partition: string, option: string): SourceError {
  return new SourceError("KAFKA_NO_OFFSET_AT_TIME", `${label}: ${partition} has no record as new as ${option} says.`, {
    hint: 'Set startingOffsetsByTimestampStrategy: "latest" to begin at its end.',
  });
}

/** As in Spark: what is said by partition is said for all of them and for no other. */
function requireSamePartitions(
  { label }: ResolveParts,
  topics: readonly ReadTopic[],
  { option, by }: { readonly option: string; readonly by: ByPartition },
): void {
  const wanted = new Set(
    topics.flatMap(({ topic, partitions }) => partitions.map((p) => partitionName(topic.name, p))),
  );
  const given = new Set([...by].flatMap(([topic, offsets]) => [...offsets.keys()].map((p) => partitionName(topic, p))));
  const missing = [...wanted].filter((name) => !given.has(name));
  const unknown = [...given].filter((name) => !wanted.has(name));
  if (missing.length === 0 && unknown.length === 0) return;
  const what =
    missing.length > 0 ? `says nothing of ${missing.join(", ")}` : `names ${unknown.join(", ")}, which is not read`;
  throw new SourceError("KAFKA_PARTITIONS_DIFFER", `${label}: ${option} ${what}.`, {
    hint: `Give every partition an offset: -2 is the earliest, -1 the latest. There are ${[...wanted].join(", ")}.`,
  });
}
