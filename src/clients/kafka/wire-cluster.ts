import type { Clock } from "../../common/clock.js";
import type { Random } from "../../common/random.js";
import type {
  FetchedPartition,
  FetchRequest,
  GroupOffset,
  IsolationLevel,
  KafkaCluster,
  KafkaTopic,
  OffsetQuery,
} from "./kafka-cluster.js";
import type { KafkaProducer } from "./kafka-producer.js";
import type { KafkaSocketProvider } from "./kafka-socket.js";

export interface WireClusterOptions {
  readonly clock: Clock;
  /** Spreads retries; without it they keep to the exact backoff. */
  readonly random?: Random;
  /** So long a call goes on trying. */
  readonly deadlineMs: number;
  /** No answer after so long: the request is sent anew. */
  readonly requestTimeoutMs?: number;
}

export interface ProducerOptions {
  /** Null: idempotent without transactions. */
  readonly transactionalId: string | null;
  /** The broker aborts a transaction that is open for longer. */
  readonly transactionTimeoutMs: number;
}

/** A Kafka cluster through its wire protocol, over any socket that can send bytes to a broker. */
export declare class WireCluster implements KafkaCluster {
  static open(provider: KafkaSocketProvider, options: WireClusterOptions): Promise<WireCluster>;
  producer(options: ProducerOptions): KafkaProducer;
  topics(names: readonly string[] | null, signal?: AbortSignal): Promise<readonly KafkaTopic[]>;
  offsets(
    topic: KafkaTopic,
    partitions: readonly number[],
    at: { readonly query: OffsetQuery; readonly isolation: IsolationLevel },
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, number>>;
  fetch(request: FetchRequest, signal?: AbortSignal): Promise<readonly FetchedPartition[]>;
  commitOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void>;
  groupOffsets(group: string, topic: string, partitions: readonly number[]): Promise<readonly GroupOffset[]>;
  createTopic(
    name: string,
    options: { readonly partitions: number; readonly configs: Readonly<Record<string, string>> },
  ): Promise<boolean>;
  close(): Promise<void>;
}
