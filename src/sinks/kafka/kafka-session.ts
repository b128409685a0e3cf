import type { KafkaProducer, PartitionBatches } from "../../clients/kafka/kafka-producer.js";
import type { Clock } from "../../common/clock.js";
import type { Codecs, Compressors } from "../../formats/kafka/codec-registry.js";
import { type CommitMarker, type MarkerNames, markerNames } from "./commit-marker.js";
import { CommitMarkers } from "./commit-markers.js";
import { topicUnknown } from "./poison-row.js";
import type { RecordColumns } from "./record-columns.js";
import { type RecordOptions, RecordStage } from "./record-stage.js";
import { requireCompressor } from "./require-compressor.js";
import { sendBatches } from "./send-batches.js";
import type { SinkCluster } from "./sink-cluster.js";

/** What is read, and written, of compressed batches. */
export interface KafkaCodecs {
  readonly read: Codecs;
  readonly write: Compressors;
}

export interface KafkaSinkConfig {
  readonly connect: () => Promise<SinkCluster>;
  readonly codecs: () => Promise<KafkaCodecs>;
  readonly clock: Clock;
  readonly options: RecordOptions;
  /** Where the second marker is kept; null: beside the topic, under its name. */
  readonly commitTopic: string | null;
  /** The broker aborts a transaction that is open for longer. */
  readonly transactionTimeoutMs: number;
  readonly transactional: boolean;
  /** Goes on without a marker. */
  readonly resetSink: boolean;
}

/** Whose rows, and how they look. */
export interface KafkaSinkUse {
  readonly query: string;
  readonly sink: string;
  readonly columns: RecordColumns;
  readonly isKeyed: boolean;
  /** What this process has committed, for where nothing else can tell. */
  readonly known: CommitMarker | null;
}

/** Brokers forget a transactional id that was not used for 7 days, and a producer's id after one: sooner it gets a new one. */
const IDLE_MS = 6 * 3_600_000;

/** A sink's connection: the cluster, its producer, and what is known to be committed. */
export class KafkaSession {
  readonly names: MarkerNames;
  readonly #config: KafkaSinkConfig;
  readonly #use: KafkaSinkUse;
  readonly #cluster: SinkCluster;
  readonly #codecs: KafkaCodecs;
  /** null without transactions: nothing tells then what is there. */
  readonly #markers: CommitMarkers | null;
  #producer: KafkaProducer;
  #committed: CommitMarker | null = null;
  /** Stamps were given whose batches have not all arrived, or requests may yet arrive: the producer is of no more use. */
  #isSpent = false;
  #usedAt: number;

  private constructor(
    config: KafkaSinkConfig,
    use: KafkaSinkUse,
    opened: { readonly cluster: SinkCluster; readonly codecs: KafkaCodecs },
  ) {
    const { cluster, codecs } = opened;
    this.#config = config;
    this.#use = use;
    this.#cluster = cluster;
    this.#codecs = codecs;
    this.names = markerNames(use, { topic: config.options.topic, commitTopic: config.commitTopic });
    const parts = {
      cluster,
      names: this.names,
      clock: config.clock,
      codecs: codecs.read,
      waitMs: 2 * config.transactionTimeoutMs,
    };
    this.#markers = config.transactional ? new CommitMarkers(parts) : null;
    this.#committed = use.known;
    this.#producer = this.#newProducer();
    this.#usedAt = config.clock.monotonic();
  }

  static async open(config: KafkaSinkConfig, use: KafkaSinkUse): Promise<KafkaSession> {
    const codecs = await config.codecs();
    requireCompressor(config.options.compression, codecs.write);
    const session = new KafkaSession(config, use, { cluster: await config.connect(), codecs });
    try {
      await session.#begin();
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** What the cluster has of this sink, as far as this run knows. */
  get committed(): CommitMarker | null {
    return this.#committed;
  }

  /** Ready for the next batch: with a new producer where the one there is cannot be used any more. */
  async refresh(): Promise<void> {
    const { clock } = this.#config;
    if (this.#isSpent || clock.monotonic() - this.#usedAt > IDLE_MS) await this.#renew();
    this.#usedAt = clock.monotonic();
  }

  stage(batch: number, place: string): RecordStage {
    const { options, clock } = this.#config;
    const { columns, isKeyed } = this.#use;
    const producer = {
      stamp: (topic: string, partition: number, records: number) => {
        this.#isSpent = true;
        return this.#producer.stamp(topic, partition, records);
      },
    };
    return new RecordStage({
      cluster: this.#cluster,
      producer,
      columns,
      options,
      compressors: this.#codecs.write,
      nowMs: Math.trunc(clock.now()),
      isKeyed,
      turn: batch,
      place,
    });
  }

  /** The batches, and the record that marks them. */
  async withMarkers(batches: readonly PartitionBatches[], marker: CommitMarker): Promise<readonly PartitionBatches[]> {
    if (this.#markers === null) return batches;
    this.#isSpent = true;
    return [...batches, await this.#markers.record(this.#producer, marker)];
  }

  /** All or nothing, with transactions. Whether it was done is not known when it fails: whoever fences next finds out. */
  async commit(batches: readonly PartitionBatches[], { batch, attempt }: CommitMarker, place: string): Promise<void> {
    this.#isSpent = true;
    const sent = { batches, codecs: this.#codecs.read, place };
    if (batches.length > 0) await sendBatches(this.#producer, sent, () => this.#renew());
    if (this.#markers !== null) {
      await this.#producer.sendOffsets(this.names.group, [this.#markers.offset({ batch, attempt })]);
      await this.#producer.commit();
    }
    this.#isSpent = this.#producer.hasStrays;
    this.#committed = { batch, attempt };
    this.#usedAt = this.#config.clock.monotonic();
  }

  async close(): Promise<void> {
    try {
      await this.#producer.close();
    } finally {
      await this.#cluster.close();
    }
  }

  /** What is missing is said before the query runs. */
  async #begin(): Promise<void> {
    const { topic } = this.#config.options;
    if (topic !== null && (await this.#cluster.topics([topic])).length === 0) {
      throw topicUnknown(topic, `sink kafka(${topic})`);
    }
    await this.#markers?.topic();
    await this.#fence();
  }

  async #renew(): Promise<void> {
    await this.#producer.close();
    this.#producer = this.#newProducer();
    await this.#fence();
  }

  /** In this order: what is read before the fence may change behind it. */
  async #fence(): Promise<void> {
    await this.#producer.fence();
    this.#isSpent = false;
    if (this.#markers !== null) this.#committed = await this.#markers.read();
  }

  #newProducer(): KafkaProducer {
    const { transactional, transactionTimeoutMs } = this.#config;
    const transactionalId = transactional ? this.names.transactionalId : null;
    return this.#cluster.producer({ transactionalId, transactionTimeoutMs });
  }
}
