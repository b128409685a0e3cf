import { isPassing, nameOfError } from "./error-codes.js";
import { KafkaError, type KafkaErrorDetails } from "./kafka-error.js";
import { PassingFailure } from "./passing-failure.js";

/** What a broker was asked, for messages. */
export interface Asked {
  /** E.g. `Produce to topic 'a' partition 3`. */
  readonly what: string;
  /** Null: whichever answered. */
  readonly node: number | null;
  readonly topic?: string;
  readonly partition?: number;
  /** What the broker said beside the code. */
  readonly message?: string | null;
}

interface Meaning {
  readonly code: string;
  readonly hint: string;
}

const DENIED: Meaning = {
  code: "KAFKA_DENIED",
  hint: "Grant the client's user the right in the cluster's access lists.",
};
const FENCED: Meaning = {
  code: "KAFKA_FENCED",
  hint: "Another producer has taken over this transactional id, or the transaction was open for longer than its timeout.",
};
const TOO_LARGE: Meaning = {
  code: "KAFKA_TOO_LARGE",
  hint: "Raise the topic's max.message.bytes, or send smaller records.",
};
const UNSURE: Meaning = {
  code: "KAFKA_TRANSACTION_LOST",
  hint: "Start again: what became of the transaction is found out then.",
};

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [10, TOO_LARGE],
  [18, TOO_LARGE],
  [22, { code: "KAFKA_GROUP_IN_USE", hint: "The group has members of its own: choose a name that no consumer uses." }],
  [25, { code: "KAFKA_GROUP_IN_USE", hint: "The group has members of its own: choose a name that no consumer uses." }],
  [29, DENIED],
  [30, DENIED],
  [31, DENIED],
  [32, { code: "KAFKA_RECORD_REFUSED", hint: "The record's timestamp is too far from the broker's time." }],
  [35, { code: "KAFKA_VERSION", hint: "Use brokers of Kafka 3.1 or newer." }],
  [45, UNSURE],
  [47, FENCED],
  [48, UNSURE],
  [49, UNSURE],
  [
    50,
    { code: "KAFKA_REFUSED", hint: "The brokers' transaction.max.timeout.ms is lower than the transaction timeout." },
  ],
  [53, DENIED],
  [59, UNSURE],
  [87, { code: "KAFKA_RECORD_REFUSED", hint: "A compacted topic takes no records without a key." }],
  [90, FENCED],
  [120, UNSURE],
]);

/** The error that a broker's code stands for: a PassingFailure where another attempt may mend it. */
export function refusalOf(error: number, asked: Asked, details: KafkaErrorDetails = {}): PassingFailure | KafkaError {
  const broker = asked.node === null ? "The broker" : `Broker ${asked.node}`;
  const said = asked.message ? ` (${asked.message})` : "";
  const text = `${broker} answered ${asked.what} with ${nameOfError(error)}${said}`;
  if (isPassing(error)) return new PassingFailure("refused", text, { code: error });
  const meaning = MEANINGS.get(error);
  return new KafkaError(meaning?.code ?? "KAFKA_REFUSED", `${text}.`, {
    ...details,
    error,
    ...(asked.topic === undefined ? {} : { topic: asked.topic }),
    ...(asked.partition === undefined ? {} : { partition: asked.partition }),
    hint: meaning?.hint,
  });
}

/** Throws unless `error` is 0. */
export function accept(error: number, asked: Asked): void {
  if (error !== 0) throw refusalOf(error, asked);
}
