import type { KafkaCluster, KafkaTopic } from "../../clients/kafka/kafka-cluster.js";
import type { Clock } from "../../common/clock.js";
import { SourceError } from "../../common/millrace-error.js";
import { partitionName } from "./kafka-offset.js";
import { askedTopics, isSubscribed, type Subscription } from "./subscription.js";

/** A topic and which of its partitions are read, ascending. */
export interface ReadTopic {
  readonly topic: KafkaTopic;
  readonly partitions: readonly number[];
}

/** A broker that has just started, or is behind the others, does not know every topic: so often is asked before one is gone. */
const ASKS_BEFORE_GONE = 6;
const ASK_PAUSE_MS = 500;

export interface CatalogParts {
  readonly cluster: KafkaCluster;
  readonly clock: Clock;
  readonly subscription: Subscription;
  readonly maxAgeMs: number;
  readonly label: string;
  /** Aborts when the source is closed. */
  readonly closing: AbortSignal;
}

/** The topics that are subscribed to, as the cluster described them last. */
export class TopicCatalog {
  readonly #parts: CatalogParts;
  #topics: readonly ReadTopic[] = [];
  #askedAt: number | null = null;
  /** Ids by name of everything that was ever described: the cluster can find their leaders. */
  readonly #described = new Map<string, string>();

  constructor(parts: CatalogParts) {
    this.#parts = parts;
  }

  /** By name, ascending; at most as old as `maxAgeMs`. */
  async topics(): Promise<readonly ReadTopic[]> {
    return this.msUntilOld() > 0 ? this.#topics : this.refresh();
  }

  msUntilOld(): number {
    const { clock, maxAgeMs } = this.#parts;
    return this.#askedAt === null ? 0 : this.#askedAt + maxAgeMs - clock.monotonic();
  }

  /** The next look asks the cluster. */
  expire(): void {
    this.#askedAt = null;
  }

  async refresh(): Promise<readonly ReadTopic[]> {
    const { cluster, clock, subscription, closing } = this.#parts;
    const described = await cluster.topics(askedTopics(subscription), closing);
    for (const { name, id } of described) this.#described.set(name, id);
    this.#askedAt = clock.monotonic();
    this.#topics = described
      .filter(({ name }) => isSubscribed(subscription, name))
      .map((topic) => ({ topic, partitions: this.#readPartitions(topic) }))
      .sort((a, b) => (a.topic.name < b.topic.name ? -1 : 1));
    return this.#topics;
  }

  /** All topics that were named must be there, and their partitions. @throws SourceError KAFKA_TOPIC_UNKNOWN */
  async required(): Promise<readonly ReadTopic[]> {
    const { subscription, label, closing, clock } = this.#parts;
    const names = askedTopics(subscription) ?? [];
    for (let asks = 1; ; asks++) {
      const topics = await this.refresh();
      const missing = names.filter((name) => !topics.some(({ topic }) => topic.name === name));
      if (missing.length === 0) return topics;
      if (asks === ASKS_BEFORE_GONE || closing.aborted) {
        throw new SourceError("KAFKA_TOPIC_UNKNOWN", `${label}: the cluster has no topic ${missing.join(", ")}.`, {
          hint: "Create the topic first, or use subscribePattern to read topics as they come.",
        });
      }
      await clock.sleep(ASK_PAUSE_MS, closing);
    }
  }

  /** The topic of this name and id; null when the cluster has said several times that there is none. */
  async find(name: string, id: string, signal: AbortSignal = this.#parts.closing): Promise<KafkaTopic | null> {
    const { cluster, clock } = this.#parts;
    for (let asks = 1; ; asks++) {
      const [topic] = await cluster.topics([name], signal);
      if (topic !== undefined) this.#described.set(name, topic.id);
      if (topic?.id === id) return topic;
      if (asks === ASKS_BEFORE_GONE) return null;
      await clock.sleep(ASK_PAUSE_MS, signal);
    }
  }

  /** What a range names must have been described before it can be fetched, subscribed to or not. */
  async describe(names: readonly string[], signal: AbortSignal): Promise<void> {
    const { cluster } = this.#parts;
    const unknown = names.filter((name) => !this.#described.has(name));
    if (unknown.length === 0) return;
    for (const { name, id } of await cluster.topics(unknown, signal)) this.#described.set(name, id);
  }

  #readPartitions(topic: KafkaTopic): readonly number[] {
    const { subscription, label } = this.#parts;
    const all = topic.partitions.map(({ partition }) => partition);
    if (subscription.kind !== "assign") return all;
    const assigned = subscription.partitions.get(topic.name) ?? [];
    const missing = assigned.find((partition) => !all.includes(partition));
    if (missing === undefined) return assigned;
    throw new SourceError(
      "KAFKA_PARTITION_UNKNOWN",
      `${label}: there is no partition ${partitionName(topic.name, missing)}; the topic has ${all.length}.`,
      { hint: "Assign partitions that exist." },
    );
  }
}
