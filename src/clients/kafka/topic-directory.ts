import { METADATA, type MetadataAnswer, type MetadataRequest, type TopicMetadata } from "./api/metadata.js";
import type { BrokerCalls, CallLimits, CallTarget } from "./broker-calls.js";
import { UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION } from "./error-codes.js";
import type { KafkaTopic, PartitionLeader } from "./kafka-cluster.js";
import { PassingFailure } from "./passing-failure.js";
import { refusalOf } from "./refusal.js";
import { topicGone } from "./topic-gone.js";

/** How many brokers are asked about a topic that one broker does not know. */
const WITNESSES = 3;

/** What is known of topics, by their ids, and where their partitions are led. One attempt each; callers retry. */
export class TopicDirectory {
  readonly #calls: BrokerCalls;
  readonly #topics = new Map<string, KafkaTopic>();
  readonly #stale = new Set<string>();

  constructor(calls: BrokerCalls) {
    this.#calls = calls;
  }

  /** Those of these names that exist, or all but internal ones. */
  async list(names: readonly string[] | null, limits: CallLimits): Promise<readonly KafkaTopic[]> {
    if (names?.length === 0) return [];
    const answer = await this.#ask(names === null ? { by: "all" } : { by: "name", names }, { ...limits, node: null });
    return answer.topics.flatMap((found) => {
      if (found.error === UNKNOWN_TOPIC_OR_PARTITION || (names === null && found.isInternal)) return [];
      return [this.#remember(found)];
    });
  }

  async controller(limits: CallLimits): Promise<number> {
    return (await this.#ask({ by: "name", names: [] }, { ...limits, node: null })).controller;
  }

  /** Looks up those of the topics that are not known, or not known to be right. What is gone is no longer known then. */
  async prepare(ids: Iterable<string>, limits: CallLimits): Promise<void> {
    const unsure = [...new Set(ids)].filter((id) => !this.#topics.has(id) || this.#stale.has(id));
    if (unsure.length === 0) return;
    const found = await this.#find(unsure, { ...limits, node: null });
    const missing = unsure.filter((id) => !found.has(id));
    for (const id of missing) if (!(await this.#isKnownElsewhere(id, limits))) this.#forget(id);
  }

  /** Null: the topic is gone. To be asked after `prepare`. */
  topic(id: string): KafkaTopic | null {
    return this.#topics.get(id) ?? null;
  }

  /** The leader of a partition. To be asked after `prepare`. */
  leader(topicId: string, partition: number): PartitionLeader {
    const topic = this.#topics.get(topicId);
    if (topic === undefined) throw topicGone(topicId, null);
    const found = topic.partitions[partition];
    if (found !== undefined && found.leader >= 0) return found;
    this.suspect(topicId);
    const lack = found === undefined ? "is not known" : "has no leader";
    throw new PassingFailure("refused", `partition ${partition} of topic '${topic.name}' ${lack}`);
  }

  /** Something failed there: it is looked up anew before it is used again. */
  suspect(topicId: string): void {
    this.#stale.add(topicId);
  }

  async #find(ids: readonly string[], to: CallTarget): Promise<ReadonlySet<string>> {
    const { topics } = await this.#ask({ by: "id", ids }, to);
    const found = topics.filter(({ error }) => error !== UNKNOWN_TOPIC_ID && error !== UNKNOWN_TOPIC_OR_PARTITION);
    return new Set(found.map((topic) => this.#remember(topic).id));
  }

  /** Brokers learn of topics one after the other: those that led the topic must agree that it is gone. */
  async #isKnownElsewhere(id: string, limits: CallLimits): Promise<boolean> {
    const leaders = new Set(this.#topics.get(id)?.partitions.map(({ leader }) => leader));
    leaders.delete(-1);
    for (const node of [...leaders].slice(0, WITNESSES)) {
      try {
        if ((await this.#find([id], { ...limits, node })).has(id)) return true;
      } catch (failure) {
        if (!(failure instanceof PassingFailure)) throw failure;
      }
    }
    return false;
  }

  #ask(request: MetadataRequest, to: CallTarget): Promise<MetadataAnswer> {
    return this.#calls.call(METADATA, request, to);
  }

  #remember({ error, name, id, partitions }: TopicMetadata): KafkaTopic {
    if (error !== 0) {
      const text = name ?? id;
      throw refusalOf(error, { what: `Metadata of topic '${text}'`, node: null, topic: text });
    }
    const topic = {
      name: name ?? id,
      id,
      partitions: partitions.map(({ partition, leader, epoch }) => ({ partition, leader, epoch })),
    };
    this.#topics.set(id, topic);
    this.#stale.delete(id);
    return topic;
  }

  #forget(id: string): void {
    this.#topics.delete(id);
    this.#stale.delete(id);
  }
}
