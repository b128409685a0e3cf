import type { KafkaCluster, KafkaTopic } from "../../clients/kafka/kafka-cluster.js";
import type { DataLoss } from "./data-loss.js";
import type { PartitionRange } from "./kafka-offset.js";
import type { TopicCatalog } from "./topic-catalog.js";

export interface MissingParts {
  readonly cluster: KafkaCluster;
  readonly catalog: TopicCatalog;
  readonly loss: DataLoss;
  /** Planning must look at the cluster anew. */
  readonly suspect: () => void;
}

interface Asked {
  readonly topic: KafkaTopic;
  readonly range: PartitionRange;
  readonly signal: AbortSignal;
}

/** Finds out why a broker does not have offsets that a range names, and where reading goes on. */
export class MissingOffsets {
  readonly #parts: MissingParts;

  constructor(parts: MissingParts) {
    this.#parts = parts;
  }

  /**
   * The offset to go on at: `next` itself when it is there after all, the end of the range when nothing of it is left.
   * @throws SourceError KAFKA_DATA_LOSS, unless losses are passed over
   */
  async resolve(range: PartitionRange, next: number, signal: AbortSignal): Promise<number> {
    const { catalog, suspect } = this.#parts;
    suspect();
    const topic = await catalog.find(range.topic, range.id, signal);
    if (topic === null)
      return this.#report(range, next, { resumeAt: null, reason: "its topic is gone or was created anew" });
    const first = await this.#offset({ topic, range, signal }, "earliest");
    if (next < first) {
      const reason = `the oldest record there has offset ${first}: retention or a deletion of records was faster`;
      return this.#report(range, next, { resumeAt: first, reason });
    }
    const end = await this.#offset({ topic, range, signal }, "latest");
    if (next < end || end >= range.to) return next;
    const reason = `the partition ends at offset ${end} (its log was cut off)`;
    return this.#report(range, next, { resumeAt: range.to, reason });
  }

  /** As it is without regard to transactions: only what is not there at all is lost. */
  async #offset({ topic, range, signal }: Asked, kind: "earliest" | "latest"): Promise<number> {
    const { cluster } = this.#parts;
    const { partition } = range;
    const at = { query: { kind }, isolation: "read_uncommitted", signal } as const;
    const offsets = await cluster.offsets(topic, [partition], at);
    return offsets.get(partition) ?? 0;
  }

  #report(range: PartitionRange, from: number, lost: { resumeAt: number | null; reason: string }): number {
    const { topic, id, partition, to } = range;
    const next = Math.min(to, lost.resumeAt ?? to);
    this.#parts.loss.report({ topic, id, partition, from, ...lost, count: next - from });
    return next;
  }
}
