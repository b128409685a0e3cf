import { type ErrorDetails, MillraceError } from "../../common/millrace-error.js";

/** Why a broker refused one record of a batch. */
export interface RecordRefusal {
  /** Its place in the batch, from 0. */
  readonly record: number;
  readonly message: string;
}

export interface KafkaErrorDetails extends ErrorDetails {
  /** The protocol's error code, where a broker answered one. */
  readonly error?: number;
  readonly topic?: string;
  readonly partition?: number;
  /** Which of the partition's batches, from 0. */
  readonly batch?: number;
  readonly records?: readonly RecordRefusal[];
}

/**
 * A cluster that cannot be reached or refuses. Codes: KAFKA_UNREACHABLE, KAFKA_STALLED, KAFKA_RESPONSE, KAFKA_VERSION,
 * KAFKA_DENIED, KAFKA_AUTHENTICATION, KAFKA_TLS, KAFKA_TOPIC_GONE, KAFKA_FENCED, KAFKA_TRANSACTION_LOST, KAFKA_TOO_LARGE,
 * KAFKA_RECORD_REFUSED, KAFKA_REFUSED, KAFKA_GROUP_IN_USE, KAFKA_CLOSED, KAFKA_CLIENT_UNSUPPORTED, PACKAGE_MISSING.
 */
export class KafkaError extends MillraceError {
  /** 0 where no broker answered. */
  readonly error: number;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly batch: number | null;
  readonly records: readonly RecordRefusal[];

  constructor(code: string, what: string, details: KafkaErrorDetails = {}) {
    super(code, what, details);
    this.error = details.error ?? 0;
    this.topic = details.topic ?? null;
    this.partition = details.partition ?? null;
    this.batch = details.batch ?? null;
    this.records = details.records ?? [];
  }
}
