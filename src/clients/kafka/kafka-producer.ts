import type { GroupOffset, KafkaTopic } from "./kafka-cluster.js";

export interface ProducerOptions {
  /** Null: idempotent without transactions. */
  readonly transactionalId: string | null;
  /** The broker aborts a transaction that is open for longer. */
  readonly transactionTimeoutMs: number;
}

/** What the header of a record batch says of its producer. */
export interface BatchStamp {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly sequence: number;
  readonly isTransactional: boolean;
}

/** Encoded record batches of one partition, in order. */
export interface PartitionBatches {
  readonly topic: KafkaTopic;
  readonly partition: number;
  readonly batches: readonly Uint8Array[];
}

/**
 * Writes record batches, each once (idempotent), in transactions where it has a transactional id. After an error nothing but
 * `close` is allowed: the next producer of the same id finds out what became of its transaction by its own `fence`.
 */
export interface KafkaProducer {
  /**
   * A request was given up, and may arrive yet. Within its transaction it does no harm; an EndTxn that comes in the next one
   * would commit the half of that: so there shall be none but of another producer, whose fence shuts such requests out.
   */
  readonly hasStrays: boolean;
  /** InitProducerId: an open transaction of the id is ended, and who had the id before can commit nothing any more. */
  fence(): Promise<void>;
  /** The stamp of the next batch of that partition, which holds `records` records. Stamps must be sent in the order they were given. */
  stamp(topic: string, partition: number, records: number): BatchStamp;
  /** Puts the partitions into the transaction, where there is one, and waits until all replicas in sync have the batches. */
  send(batches: readonly PartitionBatches[]): Promise<void>;
  /** Group offsets that count when the transaction does. */
  sendOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void>;
  /** Ends the transaction; one that nothing was sent in costs nothing. */
  commit(): Promise<void>;
  abort(): Promise<void>;
  close(): Promise<void>;
}
