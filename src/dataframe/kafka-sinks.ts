import { clientOf, withoutClientOptions } from "../clients/kafka/kafka-client-options.js";
import type { KafkaSocketProvider } from "../clients/kafka/kafka-socket.js";
import { WireCluster } from "../clients/kafka/wire-cluster.js";
import type { Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import type { Platform } from "../common/platform.js";
import { loadCodecs, loadCompressors } from "../formats/kafka/load-codecs.js";
import type { KafkaSinkConfig } from "../sinks/kafka/kafka-session.js";
import { KafkaSink } from "../sinks/kafka/kafka-sink.js";
import { durationMs } from "./durability-options.js";
import type { KafkaConnection } from "./kafka-connection.js";
import type { SinkChoice } from "./sink-choice.js";

/** How records are made of rows. */
export interface KafkaRecordOptions extends KafkaConnection {
  /** Where rows go that have no topic of their own in a column `topic`. It must exist. */
  readonly topic?: string;
  /** "none" unless set. zstd needs Node 22.15 or later. */
  readonly compression?: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  /** Record batches are cut at this size, before compression; 900,000 unless set. Not above `max.message.bytes` of the topic. */
  readonly maxBatchBytes?: number;
  /** A row whose record takes more bytes ends the query before anything of its batch is sent; 1 MiB unless set. */
  readonly maxRequestSize?: number;
  /** How long a request is tried again while brokers are away: an interval text, or milliseconds. 2 minutes unless set. */
  readonly deliveryTimeout?: string | number;
  /** One transaction: readers of committed records see all or nothing. */
  readonly transactional?: boolean;
  /** The broker aborts a transaction that is open for longer than this, 1 minute unless set. */
  readonly transactionTimeout?: string | number;
}

export interface KafkaSinkOptions extends KafkaRecordOptions {
  /**
   * A transaction per trigger: each row once. It is so where the query has a checkpoint and did not ask for less than
   * exactly-once; without transactions a batch that comes again is written again.
   */
  readonly transactional?: boolean;
  /** The compacted topic that tells which batches are written, `<topic>.millrace-commits` unless set; made where it is missing. */
  readonly commitTopic?: string;
  /** Goes on where the cluster does not know any more which batches it has; rows of an unfinished batch may come twice. */
  readonly resetSink?: boolean;
}

/** What of the options both kinds of writing know. */
export const RECORD_OPTIONS = [
  "topic",
  "compression",
  "maxBatchBytes",
  "maxRequestSize",
  "deliveryTimeout",
  "transactional",
  "transactionTimeout",
] as const;

const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
/** The broker's own limit is 1 MiB, and a little more. */
const MAX_BATCH_BYTES = 900_000;
const MAX_REQUEST_SIZE = 2 ** 20;

/**
 * Writes each row as a record of a Kafka topic: the column `value` (text or bytes), where they are there `key`, `headers` and
 * `timestamp`, and `topic` and `partition` for rows that shall not go where the key sends them. With a checkpoint each row
 * arrives exactly once for readers of committed records. As a sink of late rows it writes each of them whole, as JSON.
 *
 * @example
 * const writer = orders.writeStream.lateRows(kafkaSink({ topic: "late-orders", brokers: ["localhost:9092"] }));
 */
export function kafkaSink(options: KafkaSinkOptions): SinkChoice {
  return kafkaSinkOf({ ...options });
}

/** What `format("kafka").option(...)` says. */
export function kafkaSinkOf(given: Options): SinkChoice {
  const where = "the Kafka sink";
  const { reader, provider } = kafkaOptions(given, [...RECORD_OPTIONS, "commitTopic", "resetSink"], where);
  const records = recordOptionsOf(reader, given);
  const commitTopic = topicName(reader, "commitTopic", where);
  const resetSink = reader.boolean("resetSink", false);
  const { topic } = records.options;
  return {
    label: topic === null ? "kafka" : `kafka(${topic})`,
    make: ({ platform }, _name, { hasCheckpoint, guarantee, resetSink: resetsAny }) => {
      const isExact = hasCheckpoint && (guarantee === null || guarantee === "exactly-once");
      return new KafkaSink({
        ...clusterOf(platform, provider, records.deliveryTimeoutMs),
        options: records.options,
        commitTopic,
        transactionTimeoutMs: records.transactionTimeoutMs,
        // Without a checkpoint a query has another id each time: there is nobody to fence, and nothing to find again.
        transactional: hasCheckpoint && reader.boolean("transactional", isExact),
        resetSink: resetSink || resetsAny,
      });
    },
  };
}

export interface KafkaOptions {
  readonly reader: OptionReader;
  readonly provider: KafkaSocketProvider;
}

export function kafkaOptions(given: Options, known: readonly string[], where: string): KafkaOptions {
  return { reader: new OptionReader(withoutClientOptions(given), known, where), provider: clientOf(given, where) };
}

export function recordOptionsOf(
  reader: OptionReader,
  given: Options,
): Pick<KafkaSinkConfig, "options" | "transactionTimeoutMs"> & { readonly deliveryTimeoutMs: number } {
  const lasting = (name: "deliveryTimeout" | "transactionTimeout", fallback: string): number =>
    durationMs((given[name] ?? fallback) as string | number, name);
  return {
    options: {
      topic: topicName(reader, "topic", "the Kafka sink"),
      compression: reader.choice("compression", CODECS, "none"),
      maxBatchBytes: reader.integer("maxBatchBytes", MAX_BATCH_BYTES, 1),
      maxRecordBytes: reader.integer("maxRequestSize", MAX_REQUEST_SIZE, 1),
    },
    deliveryTimeoutMs: lasting("deliveryTimeout", "2 minutes"),
    transactionTimeoutMs: lasting("transactionTimeout", "1 minute"),
  };
}

export function clusterOf(
  { clock, random, compression }: Platform,
  provider: KafkaSocketProvider,
  deadlineMs: number,
): Pick<KafkaSinkConfig, "connect" | "codecs" | "clock"> {
  return {
    clock,
    connect: () => WireCluster.open(provider, { clock, random, deadlineMs }),
    codecs: async () => ({ read: await loadCodecs(compression), write: await loadCompressors(compression) }),
  };
}

function topicName(reader: OptionReader, option: "topic" | "commitTopic", where: string): string | null {
  const name = reader.text(option, null);
  if (name === null || /^[A-Za-z0-9._-]{1,249}$/.test(name)) return name;
  throw new OptionError("OPTION_INVALID", `Option '${option}' of ${where} is no name of a topic: '${name}'.`, {
    hint: "Letters, digits, '.', '_' and '-', at most 249.",
  });
}
