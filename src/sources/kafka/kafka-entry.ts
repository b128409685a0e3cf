import { clientOf } from "../../clients/kafka/kafka-client-options.js";
import { WireCluster } from "../../clients/kafka/wire-cluster.js";
import type { Options } from "../../common/check-options.js";
import type { Platform } from "../../common/platform.js";
import { kafkaSchema } from "../../formats/kafka/kafka-schema.js";
import { loadCodecs } from "../../formats/kafka/load-codecs.js";
import { deserializedSchema } from "../deserialize-columns.js";
import type { SourceEntry } from "../source-registry.js";
import { KafkaSource } from "./kafka-source.js";
import { kafkaSourceConfig } from "./kafka-source-options.js";
import { subscriptionText } from "./subscription.js";

/**
 * Kafka topics, as a stream or as a batch between two offsets. What a checkpoint compares is no place: topics are known by
 * their ids, so brokers may move and topics come and go between restarts.
 */
export function kafkaEntry(
  platform: Pick<Platform, "clock" | "random" | "compression" | "warn">,
  options: Options,
  streaming: boolean,
): SourceEntry {
  const where = "the Kafka source";
  const { clock, random, compression } = platform;
  const provider = clientOf(options, where);
  const config = kafkaSourceConfig(options, streaming);
  const recordSchema = kafkaSchema(config.includeHeaders);
  const label = `kafka(${subscriptionText(config.subscription)})`;
  const parts = {
    config,
    recordSchema,
    label,
    clock,
    warn: (message: string) => platform.warn(message),
    connect: (signal: AbortSignal) =>
      WireCluster.open(provider, { clock, random, deadlineMs: config.stallTimeoutMs, signal }),
    loadCodecs: () => loadCodecs(compression),
  };
  return {
    factory: { open: () => new KafkaSource(parts) },
    description: {
      label,
      place: null,
      schema: deserializedSchema(recordSchema, config.deserializers),
      bounded: !streaming,
      insertOnly: true,
      streaming,
    },
  };
}
