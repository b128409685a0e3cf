import type { KafkaCluster } from "../../clients/kafka/kafka-cluster.js";
import { MillraceError, SourceError } from "../../common/millrace-error.js";
import type { DataLoss } from "./data-loss.js";
import type { KafkaPosition, PartitionOffsets, TopicPositions } from "./kafka-offset.js";
import type { KafkaSourceConfig } from "./kafka-source-options.js";
import type { RestartChoice } from "./offset-choice.js";
import { type OffsetsByTopic, queryOffsets, type ResolveParts, resolveChoice } from "./resolve-choice.js";
import { isSubscribed } from "./subscription.js";
import type { ReadTopic, TopicCatalog } from "./topic-catalog.js";
import type { Track } from "./track.js";
import { type StandingTopic, TrackFinder } from "./track-finder.js";

export interface PlannerParts {
  readonly cluster: KafkaCluster;
  readonly catalog: TopicCatalog;
  readonly config: KafkaSourceConfig;
  readonly loss: DataLoss;
  readonly label: string;
  readonly warn: (message: string) => void;
  readonly closing: AbortSignal;
}

/** What there is to read from a place on. */
export interface Look {
  readonly tracks: readonly Track[];
  /** Partitions about which the cluster has nothing to say at the moment. */
  readonly kept: ReadonlyMap<string, TopicPositions>;
  readonly again: string | null;
  /** The place must be left even if there is no row: a restart, a loss that has been told. */
  readonly mustMove: boolean;
}

/** A topic may go while it is looked at; then its name is looked up anew. */
const LOOKS_AT_CHANGING_TOPICS = 3;

/** Finds out where partitions begin and end: new ones, topics that are gone or came anew, offsets that are gone. */
export class OffsetPlanner {
  readonly #parts: PlannerParts;
  readonly #resolve: ResolveParts;
  readonly #finder: TrackFinder;
  /** Of a batch: fixed when it begins. */
  #ends: OffsetsByTopic | null = null;
  /** Where `restartFrom` goes back to: found once, so that a target and the ranges up to it agree. */
  #restart: { readonly topics: readonly ReadTopic[]; readonly begins: OffsetsByTopic } | null = null;
  #mustCheckStarts = true;
  /** By id of the topic, as found last: a loss that one look has found the next ones find as well. */
  readonly #firsts = new Map<string, ReadonlyMap<number, number>>();
  readonly #told = new Set<string>();

  constructor(parts: PlannerParts) {
    this.#parts = parts;
    const { cluster, config, label, closing } = parts;
    this.#resolve = { cluster, isolation: config.isolation, label, signal: closing };
    const isAssigned = config.subscription.kind === "assign";
    this.#finder = new TrackFinder({ resolve: this.#resolve, loss: parts.loss, isAssigned });
  }

  /** Where a new query begins. */
  initial(): Promise<KafkaPosition> {
    return this.#unlessGone(() => this.#initial());
  }

  look(position: KafkaPosition): Promise<Look> {
    return this.#unlessGone(() => this.#look(position));
  }

  async #initial(): Promise<KafkaPosition> {
    const { catalog, config } = this.#parts;
    const topics = await catalog.required();
    const starts = await resolveChoice(this.#resolve, topics, config.restart?.choice ?? config.start);
    if (config.end !== null && config.start.kind === "offsets") {
      await this.#requireThere(topics, starts, "startingOffsets begins");
    }
    await this.#fixEnds(topics);
    const entries = topics.map(({ topic, partitions }): [string, TopicPositions] => {
      return [topic.name, { id: topic.id, offsets: inOrder(partitions, starts.get(topic.name)) }];
    });
    return { topics: new Map(entries), begins: new Map(), again: config.restart?.text ?? null };
  }

  /** A reader was told that an offset or a topic is not there: the next look asks the cluster about everything. */
  suspect(): void {
    this.#parts.catalog.expire();
    this.#mustCheckStarts = true;
  }

  async #unlessGone<T>(find: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await find();
      } catch (error) {
        const isGone = error instanceof MillraceError && error.code === "KAFKA_TOPIC_GONE";
        if (!isGone || tries === LOOKS_AT_CHANGING_TOPICS) throw error;
        this.suspect();
        this.#restart = null;
      }
    }
  }

  async #look(position: KafkaPosition): Promise<Look> {
    const { catalog, config } = this.#parts;
    this.#mustCheckStarts ||= catalog.msUntilOld() <= 0;
    const topics = await catalog.topics();
    await this.#fixEnds(topics);
    const { restart } = config;
    const isRestart = restart !== null && restart.text !== position.again;
    const look = isRestart ? await this.#lookBack(restart) : await this.#lookOn(position, topics);
    this.#mustCheckStarts = false;
    return look;
  }

  async #lookBack({ choice, text }: RestartChoice): Promise<Look> {
    if (this.#restart === null) {
      const topics = await this.#parts.catalog.required();
      this.#restart = { topics, begins: await resolveChoice(this.#resolve, topics, choice) };
    }
    const { topics, begins } = this.#restart;
    const starts = topics.map((read): StandingTopic => {
      return { read, known: null, firsts: begins.get(read.topic.name) ?? new Map<number, number>() };
    });
    const tracks = await this.#finder.find(starts, this.#ends);
    return { tracks, kept: new Map(), again: text, mustMove: true };
  }

  async #lookOn(position: KafkaPosition, topics: readonly ReadTopic[]): Promise<Look> {
    const { loss, config } = this.#parts;
    const losses = loss.reports;
    const current = await this.#followed(position, topics);
    const earliest = await this.#earliestOf(current.topics, current.known);
    const standing = current.topics.map((read): StandingTopic => {
      const known = current.known.get(read.topic.name)?.offsets ?? null;
      const asked = earliest.get(read.topic.name) ?? [];
      return { read, known, firsts: new Map([...(this.#firsts.get(read.topic.id) ?? []), ...asked]) };
    });
    const tracks = await this.#finder.find(standing, this.#ends);
    const kept = this.#kept(current.topics, current.known);
    return { tracks, kept, again: config.restart?.text ?? null, mustMove: loss.reports > losses };
  }

  /** The topics of a place that are still there, the same; what became of the others is told. */
  async #followed(
    position: KafkaPosition,
    given: readonly ReadTopic[],
  ): Promise<{ topics: readonly ReadTopic[]; known: ReadonlyMap<string, TopicPositions> }> {
    const { catalog, config } = this.#parts;
    this.#requireSubscribed(position);
    const known = new Map<string, TopicPositions>();
    let topics = given;
    for (const [name, entry] of position.topics) {
      if (!isSubscribed(config.subscription, name)) continue;
      if (topics.every(({ topic }) => topic.id !== entry.id) && (await catalog.find(name, entry.id)) === null) {
        this.#reportGone(name, entry, topics);
        continue;
      }
      if (topics.every(({ topic }) => topic.id !== entry.id)) topics = await catalog.refresh();
      known.set(name, entry);
    }
    return { topics, known };
  }

  #reportGone(topic: string, { id, offsets }: TopicPositions, topics: readonly ReadTopic[]): void {
    const isNew = topics.some((read) => read.topic.name === topic);
    const reason = isNew
      ? "the topic was deleted and created anew (or this is another cluster)"
      : "the topic was deleted";
    for (const [partition, from] of offsets.entries()) {
      if (from === null) continue;
      this.#parts.loss.report({ topic, id, partition, from, resumeAt: isNew ? 0 : null, reason, count: 0 });
    }
  }

  /** Topics that the options name no longer are left, unless nothing would stay. */
  #requireSubscribed({ topics }: KafkaPosition): void {
    const { config, label, warn } = this.#parts;
    const left = [...topics.keys()].filter((name) => !isSubscribed(config.subscription, name));
    if (left.length > 0 && left.length === topics.size) {
      throw new SourceError(
        "KAFKA_SUBSCRIPTION_CHANGED",
        `The checkpoint has read ${left.join(", ")}; now it is ${label}.`,
        {
          hint: "Give each source of a query a name(...), or begin with a new checkpoint directory, or say restartFrom.",
        },
      );
    }
    for (const name of left.filter((topic) => !this.#told.has(topic))) {
      this.#told.add(name);
      warn(`${label} reads the topic ${name} no longer: its offsets are forgotten.`);
    }
  }

  /** Asked where a partition is new, and from time to time of all: retention may have overtaken the query. */
  async #earliestOf(topics: readonly ReadTopic[], known: ReadonlyMap<string, TopicPositions>): Promise<OffsetsByTopic> {
    const asked = topics.map(({ topic, partitions }) => {
      const offsets = known.get(topic.name)?.offsets ?? [];
      const isNew = (partition: number): boolean => (offsets[partition] ?? null) === null;
      return { topic, partitions: this.#mustCheckStarts ? partitions : partitions.filter(isNew) };
    });
    const found = await queryOffsets(this.#resolve, asked, { kind: "earliest" });
    if (!this.#mustCheckStarts) return found;
    for (const { topic } of topics) this.#firsts.set(topic.id, found.get(topic.name) ?? new Map<number, number>());
    return found;
  }

  /** A broker that is behind does not know all partitions: where they stood stays. Assigned ones are always known. */
  #kept(topics: readonly ReadTopic[], known: ReadonlyMap<string, TopicPositions>): ReadonlyMap<string, TopicPositions> {
    if (this.#parts.config.subscription.kind === "assign") return new Map();
    const kept = new Map<string, TopicPositions>();
    for (const [name, { id, offsets }] of known) {
      const partitions = topics.find(({ topic }) => topic.id === id)?.partitions ?? [];
      const rest = offsets.map((offset, partition) => (partitions.includes(partition) ? null : offset));
      if (rest.some((offset) => offset !== null)) kept.set(name, { id, offsets: rest });
    }
    return kept;
  }

  async #fixEnds(topics: readonly ReadTopic[]): Promise<void> {
    const { end } = this.#parts.config;
    if (end === null || this.#ends !== null) return;
    const ends = await resolveChoice(this.#resolve, topics, end);
    if (end.kind === "offsets") await this.#requireThere(topics, ends, "endingOffsets ends");
    this.#ends = ends;
  }

  /** An end that is not there yet would never be reached, and a batch that begins behind everything is a mistake. */
  async #requireThere(topics: readonly ReadTopic[], places: OffsetsByTopic, says: string): Promise<void> {
    const { label } = this.#parts;
    const latest = await queryOffsets(this.#resolve, topics, { kind: "latest" });
    for (const [topic, offsets] of places) {
      for (const [partition, place] of offsets) {
        const last = latest.get(topic)?.get(partition) ?? 0;
        if (place <= last) continue;
        const what = `${label}: ${says} at ${place} of ${topic}-${partition}, which has records up to ${last}.`;
        throw new SourceError("KAFKA_OFFSET_BEYOND_END", what, { hint: "Use -1 for what there is." });
      }
    }
  }
}

function inOrder(partitions: readonly number[], offsets: ReadonlyMap<number, number> | undefined): PartitionOffsets {
  const length = Math.max(-1, ...partitions) + 1;
  return Array.from({ length }, (_, partition) =>
    partitions.includes(partition) ? (offsets?.get(partition) ?? 0) : null,
  );
}
