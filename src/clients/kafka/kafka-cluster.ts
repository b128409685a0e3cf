/** A topic as the cluster describes it. The id tells a topic from another one of the same name that came after it. */
export interface KafkaTopic {
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** By partition number, ascending and without gaps. */
  readonly partitions: readonly PartitionLeader[];
}

export interface PartitionLeader {
  readonly partition: number;
  /** Broker id; -1 while there is none. */
  readonly leader: number;
  readonly epoch: number;
}

/** Aborted and open transactions are left out ("read_committed"), or not. */
export type IsolationLevel = "read_committed" | "read_uncommitted";

/** Which offset of a partition: its first, the one behind its newest record (read_committed: its last stable offset), or the first at or after an instant (milliseconds since 1970). */
export type OffsetQuery =
  | { readonly kind: "earliest" }
  | { readonly kind: "latest" }
  | { readonly kind: "time"; readonly millis: number };

export interface FetchPosition {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
}

export interface FetchRequest {
  readonly positions: readonly FetchPosition[];
  readonly isolation: IsolationLevel;
  /** The broker may wait so long for `minBytes`. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** A transaction whose records from `firstOffset` on, up to its producer's abort marker, must not be read. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/** What one partition answered. Errors that a retry mends are not seen here. */
export interface FetchedPartition {
  readonly topicId: string;
  readonly partition: number;
  /** 0, 1 OFFSET_OUT_OF_RANGE, or 100 UNKNOWN_TOPIC_ID: the topic is gone, the metadata say so too. Any other has been thrown or retried. */
  readonly error: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStart: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches; the last one may be cut off. Free to be written to. */
  readonly records: Uint8Array;
}

/**
 * What sources ask of a cluster. Every call finds the leader, and retries with fresh metadata what a retry can mend (leader
 * moved, broker down, coordinator loading) until `deadlineMs` of the cluster's options is over: then KAFKA_UNREACHABLE or
 * KAFKA_STALLED names broker, topic and partition. Aborting `signal` rejects with its reason at once.
 */
export interface KafkaCluster {
  /** The topics of these names that exist, or all; always asked anew. Internal topics are not among all. */
  topics(names: readonly string[] | null, signal?: AbortSignal): Promise<readonly KafkaTopic[]>;
  /** One offset per partition asked for; `time`: -1 where no record is that new. KAFKA_TOPIC_GONE where the topic's id is no more. */
  offsets(
    topic: KafkaTopic,
    partitions: readonly number[],
    at: {
      readonly query: OffsetQuery;
      readonly isolation: IsolationLevel;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<ReadonlyMap<number, number>>;
  /** Asks each leader once, at the same time; a partition whose leader had to be looked up anew may answer with no records. */
  fetch(request: FetchRequest, signal?: AbortSignal): Promise<readonly FetchedPartition[]>;
  /** Offsets of a consumer group for lag dashboards; nobody reads them back. */
  commitOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void>;
  /** -1 where the group has none. Waits for open transactions that write them (requireStable). */
  groupOffsets(group: string, topic: string, partitions: readonly number[]): Promise<readonly GroupOffset[]>;
  /** True: made; false: it was there. */
  createTopic(
    name: string,
    options: { readonly partitions: number; readonly configs: Readonly<Record<string, string>> },
  ): Promise<boolean>;
  close(): Promise<void>;
}

export interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
}
