import type { DataLoss } from "./data-loss.js";
import type { PartitionOffsets } from "./kafka-offset.js";
import { type OffsetsByTopic, queryOffsets, type ResolveParts } from "./resolve-choice.js";
import type { ReadTopic } from "./topic-catalog.js";
import type { Track } from "./track.js";

export interface FinderParts {
  readonly resolve: ResolveParts;
  readonly loss: DataLoss;
  /** A partition that is read for the first time need not be a new one. */
  readonly isAssigned: boolean;
}

/** A topic, and where its partitions stand. */
export interface StandingTopic {
  readonly read: ReadTopic;
  /** Null: it is read for the first time, or from elsewhere. */
  readonly known: PartitionOffsets | null;
  /** Where the others begin, or the first offset there is. */
  readonly firsts: ReadonlyMap<number, number>;
}

interface Beginning {
  readonly partition: number;
  readonly begin: number;
  readonly isExplicit: boolean;
}

/** Finds how far partitions could be read, and whether what comes next is still there. */
export class TrackFinder {
  readonly #parts: FinderParts;

  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  /** `ends`: of a batch; null: up to what is there now. @throws SourceError KAFKA_DATA_LOSS */
  async find(topics: readonly StandingTopic[], ends: OffsetsByTopic | null): Promise<readonly Track[]> {
    const reads = topics.map(({ read }) => read);
    const latest = ends ?? (await queryOffsets(this.#parts.resolve, reads, { kind: "latest" }));
    const tracks: Track[] = [];
    for (const topic of topics) {
      const ofTopic = latest.get(topic.read.topic.name);
      for (const partition of topic.read.partitions) {
        const at = this.#beginOf(topic, partition);
        const end = ofTopic?.get(partition) ?? at.begin;
        tracks.push(await this.#trackOf(topic.read, { ...at, latest: ends === null ? end : Math.max(at.begin, end) }));
      }
    }
    return tracks;
  }

  #beginOf({ read: { topic }, known, firsts }: StandingTopic, partition: number): Beginning {
    const first = firsts.get(partition) ?? 0;
    const next = known?.[partition] ?? null;
    const isNew = next === null;
    // A partition that was added has been there from offset 0 on.
    const from = next ?? (known === null || this.#parts.isAssigned ? first : 0);
    if (first <= from) return { partition, begin: from, isExplicit: isNew };
    const reason = `the oldest record there has offset ${first}: retention or a deletion of records was faster`;
    const lost = { topic: topic.name, id: topic.id, partition, from, reason, count: first - from };
    this.#parts.loss.report({ ...lost, resumeAt: first });
    return { partition, begin: first, isExplicit: true };
  }

  /** An end below the beginning: records were lost, unless they only wait behind an open transaction. */
  async #trackOf({ topic }: ReadTopic, at: Beginning & { readonly latest: number }): Promise<Track> {
    const { partition, begin, latest } = at;
    const { name, id, partitions } = topic;
    const head = { topic: name, id, partition, leader: partitions[partition]?.leader ?? -1 };
    if (latest >= begin) return { ...head, ...at, cap: latest };
    const one = { topic, partitions: [partition] };
    const resolve = { ...this.#parts.resolve, isolation: "read_uncommitted" } as const;
    const end = (await queryOffsets(resolve, [one], { kind: "latest" })).get(name)?.get(partition) ?? begin;
    if (end >= begin) return { ...head, ...at, latest: begin, cap: begin };
    const reason = `the partition ends at offset ${end} (its log was cut off)`;
    const lost = { topic: name, id, partition, from: begin, reason, count: begin - end };
    this.#parts.loss.report({ ...lost, resumeAt: latest });
    return { ...head, begin: latest, isExplicit: true, latest, cap: latest };
  }
}
