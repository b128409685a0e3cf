import type { KafkaCluster, KafkaTopic } from "../../clients/kafka/kafka-cluster.js";
import type { KafkaProducer, PartitionBatches } from "../../clients/kafka/kafka-producer.js";
import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import { concatChunks } from "../../columnar/concat.js";
import type { CodecName, Compressors } from "../../formats/kafka/codec-registry.js";
import { encodeRecordBatches } from "../../formats/kafka/record-encoder.js";
import {
  keyMissing,
  partitionUnknown,
  type RowPlace,
  recordTooLarge,
  topicMissing,
  topicUnknown,
} from "./poison-row.js";
import type { RecordColumns } from "./record-columns.js";
import { type RecordParts, recordPartsOf } from "./record-rows.js";
import { firstTooLarge, recordSize } from "./record-sizes.js";
import { type Route, routeRows } from "./route-rows.js";
import { type RowTopics, rowTopics } from "./row-topics.js";

/** How rows become record batches. */
export interface RecordOptions {
  /** Where rows go that name no topic of their own. */
  readonly topic: string | null;
  readonly compression: "none" | CodecName;
  /** Batches are cut at this size, before compression. */
  readonly maxBatchBytes: number;
  /** A record that may take more is refused. */
  readonly maxRecordBytes: number;
}

export interface RecordStageParts {
  readonly cluster: Pick<KafkaCluster, "topics">;
  readonly producer: Pick<KafkaProducer, "stamp">;
  readonly columns: RecordColumns;
  readonly options: RecordOptions;
  readonly compressors: Compressors;
  /** What a row without a timestamp gets. */
  readonly nowMs: number;
  /** Every row must have a key: it is what a later one replaces it by. */
  readonly isKeyed: boolean;
  /** Rows without a key begin at the partition of this number. */
  readonly turn: number;
  /** Of messages: the sink, and the batch. */
  readonly place: string;
}

/**
 * Record batches of one trigger, encoded as rows come, by partition. What topics there are is asked once per trigger, so that
 * new partitions are used from the next one on. A row that no record can be made of is refused before anything is sent.
 */
export class RecordStage {
  readonly #parts: RecordStageParts;
  readonly #topics = new Map<string, KafkaTopic>();
  readonly #staged = new Map<string, PartitionBatches & { readonly batches: Uint8Array[] }>();
  /** Not encoded yet: small chunks would make small batches. */
  #waiting: Chunk[] = [];
  #waitingRows = 0;
  #turn: number;
  #rows = 0;

  constructor(parts: RecordStageParts) {
    this.#parts = parts;
    this.#turn = parts.turn;
  }

  /** How many rows there are. */
  get rows(): number {
    return this.#rows;
  }

  async add(chunk: Chunk): Promise<void> {
    if (chunk.length === 0) return;
    this.#rows += chunk.length;
    this.#waiting.push(chunk);
    this.#waitingRows += chunk.length;
    if (this.#waitingRows >= CHUNK_ROWS) await this.#encodeWaiting();
  }

  /** Everything that was added, ready to be sent. */
  async finish(): Promise<readonly PartitionBatches[]> {
    await this.#encodeWaiting();
    return [...this.#staged.values()];
  }

  async #encodeWaiting(): Promise<void> {
    if (this.#waitingRows === 0) return;
    const parts = recordPartsOf(concatChunks(this.#waiting), this.#parts.columns);
    this.#waiting = [];
    this.#waitingRows = 0;
    const rowTopics = this.#topicsOf(parts);
    await this.#look(rowTopics.names);
    this.#refusePoison(parts, rowTopics);
    for (const route of this.#routesOf(parts, rowTopics)) this.#encode(parts, route);
  }

  #topicsOf(parts: RecordParts): RowTopics {
    const { topic: fallback } = this.#parts.options;
    if (parts.topic !== null) {
      return rowTopics(parts.topic, fallback, (row) => topicMissing(this.#placeOf(parts, row, null)));
    }
    if (fallback === null) throw topicMissing(this.#placeOf(parts, 0, null));
    return { names: [fallback], ids: null };
  }

  async #look(names: readonly string[]): Promise<void> {
    const unknown = names.filter((name) => !this.#topics.has(name));
    if (unknown.length === 0) return;
    for (const topic of await this.#parts.cluster.topics(unknown)) this.#topics.set(topic.name, topic);
    for (const name of unknown) this.#topic(name);
  }

  #topic(name: string): KafkaTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw topicUnknown(name, this.#parts.place);
    return topic;
  }

  #refusePoison(parts: RecordParts, topics: RowTopics): void {
    const { options, isKeyed } = this.#parts;
    const large = firstTooLarge(parts, options.maxRecordBytes);
    if (large >= 0) {
      throw recordTooLarge(this.#placeOf(parts, large, topics), recordSize(parts, large), options.maxRecordBytes);
    }
    if (!isKeyed) return;
    const keyless = firstKeyless(parts);
    if (keyless >= 0) throw keyMissing(this.#placeOf(parts, keyless, topics));
  }

  #routesOf(parts: RecordParts, { names, ids }: RowTopics): readonly Route[] {
    return routeRows(parts, {
      topics: names.map((name) => this.#topic(name)),
      ids,
      turn: this.#turn++,
      unknown: (row, topic) => {
        const at = { ...this.#placeOf(parts, row, null), topic: topic.name };
        return partitionUnknown(at, parts.partition?.values[row] ?? -1, topic.partitions.length);
      },
    });
  }

  #encode({ key, value, headers, timestamps }: RecordParts, route: Route): void {
    const { producer, options, compressors, nowMs } = this.#parts;
    const { topic, partition, rows } = route;
    const { maxBatchBytes, compression } = options;
    const batches = encodeRecordBatches(
      { key, value, headers, timestamps, rows },
      {
        maxBatchBytes,
        compression,
        compressors,
        nowMs,
        stamp: (records) => producer.stamp(topic.name, partition, records),
      },
    );
    const place = `${partition} ${topic.name}`;
    const staged = this.#staged.get(place) ?? { topic, partition, batches: [] };
    staged.batches.push(...batches);
    this.#staged.set(place, staged);
  }

  #placeOf({ key }: RecordParts, row: number, topics: RowTopics | null): RowPlace {
    const topic = topics === null ? null : topics.names[topics.ids === null ? 0 : topics.ids[row]];
    return { place: this.#parts.place, topic, key, row };
  }
}

/** -1: every row has a key. */
function firstKeyless({ key, length }: RecordParts): number {
  if (key === null) return length > 0 ? 0 : -1;
  return key.validity === null ? -1 : key.validity.subarray(0, length).indexOf(0);
}
