import type { Deserializer } from "../sources/deserializer.js";
import type { KafkaConnection } from "./kafka-connection.js";

/** By topic and partition number, as an object or as JSON text. */
export type ByKafkaPartition = string | { readonly [topic: string]: { readonly [partition: number]: number } };

/** Offsets by partition, -2 for the earliest and -1 for the latest; all partitions are named. */
export type KafkaOffsets = "earliest" | "latest" | ByKafkaPartition;

/** Milliseconds since 1970, a Date, or ISO 8601 text with an offset from UTC. */
export type KafkaInstant = number | string | Date;

interface KafkaReadOptions extends KafkaConnection {
  /** Exactly one of `subscribe`, `subscribePattern` and `assign`. Topics: "a,b" or ["a", "b"]. */
  readonly subscribe?: string | readonly string[];
  /** Topics whose whole name matches (RE2 syntax), also those that come later. */
  readonly subscribePattern?: string | RegExp;
  /** Some partitions only: `{ orders: [0, 2] }`. */
  readonly assign?: string | { readonly [topic: string]: readonly number[] };
  /** Where a new query begins: a stream at the "latest", a batch at the "earliest" unless set. */
  readonly startingOffsets?: KafkaOffsets;
  /** At the first record of each partition that is so new; goes before the other two. */
  readonly startingTimestamp?: KafkaInstant;
  readonly startingOffsetsByTimestamp?: ByKafkaPartition;
  /** A partition without a record so new: an "error" unless set, or its end ("latest"). */
  readonly startingOffsetsByTimestampStrategy?: "error" | "latest";
  /** Records that are gone before they were read end the query; false: they are told and counted, and it goes on. */
  readonly failOnDataLoss?: boolean;
  /** A column `headers`. */
  readonly includeHeaders?: boolean;
  /** Records of open and aborted transactions are left out unless set to "read_uncommitted". */
  readonly isolationLevel?: "read_committed" | "read_uncommitted";
  /** After so long without progress a read is given up, with what the broker said last; 2 minutes unless set. */
  readonly stallTimeout?: string | number;
  /** Bytes that are fetched ahead, 32 MiB unless set. */
  readonly maxFetchBytes?: number;
  /** Of one partition at a time, 8 MiB unless set. */
  readonly maxPartitionFetchBytes?: number;
  /** Record batches that are no valid ones end the query ("fail"), or are left out and counted ("skip"). */
  readonly damaged?: "fail" | "skip";
  /** False: the checksums of record batches are not looked at, as with Kafka's own `check.crcs`. */
  readonly checkCrcs?: boolean;
  /** Makes the column `key` of its bytes, for encodings that need code or a schema registry. */
  readonly keyDeserializer?: Deserializer;
  /** The same for `value`. */
  readonly valueDeserializer?: Deserializer;
}

export interface KafkaStreamOptions extends KafkaReadOptions {
  /** Goes back (or forth) on an existing checkpoint: to an instant, or to offsets. Done once for each text; state and results stay. */
  readonly restartFrom?: KafkaInstant | KafkaOffsets;
  /** Most offsets that one trigger takes, of all partitions together. */
  readonly maxOffsetsPerTrigger?: number;
  /** No trigger before there are so many offsets, or `maxTriggerDelay` is over: 15 minutes unless set. */
  readonly minOffsetsPerTrigger?: number;
  readonly maxTriggerDelay?: string | number;
  /** How soon new partitions and topics are seen, 30 seconds unless set. */
  readonly metadataMaxAge?: string | number;
  /** A consumer group that is told how far the query is, for dashboards; never read. */
  readonly commitOffsetsToGroup?: string;
}

export interface KafkaBatchOptions extends KafkaReadOptions {
  /** The "latest" when the frame runs, unless set. */
  readonly endingOffsets?: "latest" | ByKafkaPartition;
  /** Before the first record of each partition that is so new; goes before the other two. */
  readonly endingTimestamp?: KafkaInstant;
  readonly endingOffsetsByTimestamp?: ByKafkaPartition;
}
