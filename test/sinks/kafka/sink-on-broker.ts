import type { KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";
import { WireCluster } from "../../../src/clients/kafka/wire-cluster.js";
import { nodeCompression } from "../../../src/common/node-compression.js";
import { loadCodecs, loadCompressors } from "../../../src/formats/kafka/load-codecs.js";
import type { KafkaSinkConfig } from "../../../src/sinks/kafka/kafka-session.js";
import { KafkaSink } from "../../../src/sinks/kafka/kafka-sink.js";
import type { RecordOptions } from "../../../src/sinks/kafka/record-stage.js";
import type { SinkShape } from "../../../src/sinks/sink.js";
import type { Schema } from "../../../src/types/data-type.js";
import { schemaOf, utf8 } from "../../../src/types/type-constructors.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { HastyClock } from "../../fakes/kafka/hasty-clock.js";

export type HastyBroker = FakeBroker<HastyClock>;

export interface SinkOptions extends Partial<Omit<KafkaSinkConfig, "options" | "connect">> {
  readonly provider?: KafkaSocketProvider;
  readonly options?: Partial<RecordOptions>;
}

export const keyValue = schemaOf({ key: utf8(), value: utf8() });

/** A cluster with the topic `out`. */
export function brokerWithTopic(partitions = 1): HastyBroker {
  const broker = new FakeBroker({ clock: new HastyClock() });
  broker.createTopic("out", { partitions });
  return broker;
}

export function sinkConfig(broker: HastyBroker, change: SinkOptions = {}): KafkaSinkConfig {
  const { options, provider = broker.provider(), clock = broker.clock, ...others } = change;
  return {
    connect: () => WireCluster.open(provider, { clock, deadlineMs: 5000 }),
    codecs: async () => ({ read: await loadCodecs(nodeCompression), write: await loadCompressors(nodeCompression) }),
    clock,
    commitTopic: null,
    transactionTimeoutMs: 60_000,
    transactional: true,
    resetSink: false,
    ...others,
    options: { topic: "out", compression: "none", maxBatchBytes: 900_000, maxRecordBytes: 2 ** 20, ...options },
  };
}

export function sinkOn(broker: HastyBroker, change: SinkOptions = {}): KafkaSink {
  return new KafkaSink(sinkConfig(broker, change));
}

export function shape(change: Partial<SinkShape> = {}, schema: Schema = keyValue): SinkShape {
  return { mode: "append", schema, key: null, insertOnly: true, deletes: false, ...change };
}

const decoder = new TextDecoder();

/** What a reader of committed records sees, by partition: `key=value`, a tombstone as `key=`. */
export function committedText(broker: HastyBroker, topic = "out"): readonly (readonly string[])[] {
  const text = (bytes: Uint8Array | null): string => (bytes === null ? "" : decoder.decode(bytes));
  return broker.committed(topic).map((records) => records.map(({ key, value }) => `${text(key)}=${text(value)}`));
}
