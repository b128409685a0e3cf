import type { GroupOffset, KafkaTopic } from "../../clients/kafka/kafka-cluster.js";
import type { KafkaProducer, PartitionBatches } from "../../clients/kafka/kafka-producer.js";
import type { Clock } from "../../common/clock.js";
import { SinkError } from "../../common/millrace-error.js";
import type { Codecs } from "../../formats/kafka/codec-registry.js";
import { encodeRecordBatches } from "../../formats/kafka/record-encoder.js";
import { type CommitMarker, type MarkerNames, markerOffset, markerOfOffset, markerRecord } from "./commit-marker.js";
import { readCommitTopic } from "./read-commit-topic.js";
import type { SinkCluster } from "./sink-cluster.js";

const MADE_WITHIN_MS = 30_000;
const POLL_MS = 50;
/** Short segments: only those that are closed are compacted, and whoever looks for a marker reads what is left. */
const COMPACTED = { partitions: 1, configs: { "cleanup.policy": "compact", "segment.bytes": String(16 * 2 ** 20) } };

export interface MarkerParts {
  readonly cluster: SinkCluster;
  readonly names: MarkerNames;
  readonly clock: Clock;
  readonly codecs: Codecs;
  /** So long other queries' transactions in the commit topic are waited for. */
  readonly waitMs: number;
}

/**
 * What tells which batch a sink has, kept twice and written in the transaction of the batch: as the offset of a group, which
 * is one call to read but expires when nothing is committed for long (offsets.retention.minutes, 7 days), and as a record of
 * a compacted topic, which does not. Both are of one transaction: where there is an offset, the record says the same.
 */
export class CommitMarkers {
  readonly #parts: MarkerParts;
  #topic: KafkaTopic | null = null;

  constructor(parts: MarkerParts) {
    this.#parts = parts;
  }

  /** Only after the fence: before it, a predecessor's transaction could still be committed behind what has been read. */
  async read(): Promise<CommitMarker | null> {
    const { cluster, names } = this.#parts;
    const [offset] = await cluster.groupOffsets(names.group, names.offsetTopic, [0]);
    const marker = offset === undefined ? null : markerOfOffset(offset);
    if (marker !== null) return marker;
    return readCommitTopic(this.#parts, await this.topic(), names.key);
  }

  offset(marker: CommitMarker): GroupOffset {
    return markerOffset(this.#parts.names, marker);
  }

  async record(producer: Pick<KafkaProducer, "stamp">, marker: CommitMarker): Promise<PartitionBatches> {
    const { names, clock } = this.#parts;
    const topic = await this.topic();
    const batches = encodeRecordBatches(markerRecord(names, marker), {
      maxBatchBytes: 2 ** 20,
      compression: "none",
      compressors: {},
      nowMs: Math.trunc(clock.now()),
      stamp: (records) => producer.stamp(topic.name, 0, records),
    });
    return { topic, partition: 0, batches };
  }

  /** The commit topic, made where it is missing. */
  async topic(): Promise<KafkaTopic> {
    this.#topic ??= (await this.#found()) ?? (await this.#made());
    return this.#topic;
  }

  async #found(): Promise<KafkaTopic | undefined> {
    return (await this.#parts.cluster.topics([this.#parts.names.commitTopic]))[0];
  }

  /** A topic that has just been made is not known to every broker at once. */
  async #made(): Promise<KafkaTopic> {
    const { cluster, clock, names } = this.#parts;
    await cluster.createTopic(names.commitTopic, COMPACTED);
    const until = clock.monotonic() + MADE_WITHIN_MS;
    for (;;) {
      const topic = await this.#found();
      if (topic !== undefined) return topic;
      if (clock.monotonic() >= until) throw notMade(names.commitTopic);
      await clock.sleep(POLL_MS, new AbortController().signal);
    }
  }
}

function notMade(topic: string): SinkError {
  return new SinkError("KAFKA_TOPIC_UNKNOWN", `The topic "${topic}" was made, and is not there.`, {
    place: "sink kafka",
    hint: "Make it yourself, with one partition and cleanup.policy=compact, or name another one with the option commitTopic.",
  });
}
