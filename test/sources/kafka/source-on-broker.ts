import { WireCluster } from "../../../src/clients/kafka/wire-cluster.js";
import type { Chunk } from "../../../src/columnar/chunk.js";
import type { Options } from "../../../src/common/check-options.js";
import type { Clock } from "../../../src/common/clock.js";
import { nodeCompression } from "../../../src/common/node-compression.js";
import { kafkaSchema } from "../../../src/formats/kafka/kafka-schema.js";
import { loadCodecs } from "../../../src/formats/kafka/load-codecs.js";
import { KafkaSource } from "../../../src/sources/kafka/kafka-source.js";
import { kafkaSourceConfig } from "../../../src/sources/kafka/kafka-source-options.js";
import { subscriptionText } from "../../../src/sources/kafka/subscription.js";
import { type Offset, type ReadLimit, type Source, UNLIMITED } from "../../../src/sources/source.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { HastyClock } from "../../fakes/kafka/hasty-clock.js";
import { collect, rowsOf } from "../../fakes/rows-of.js";

/** A broker on whose clock nothing has to be waited for. */
export function hastyBroker(nodes = 1): FakeBroker<HastyClock> {
  return new FakeBroker({ clock: new HastyClock(), nodes });
}

/** A topic with records "0", "1", ... in each partition, one batch each. */
export function fill(broker: FakeBroker<Clock>, topic: string, counts: readonly number[]): void {
  for (const [partition, count] of counts.entries()) {
    for (let i = 0; i < count; i++) append(broker, topic, partition);
  }
}

/** One record more, whose value is its offset. */
export function append(broker: FakeBroker<Clock>, topic: string, partition = 0): void {
  const { end } = broker.offsets(topic, partition);
  broker.append(topic, partition, [{ key: `${topic}-${partition}`, value: String(end) }]);
}

export interface SourceCaseOptions {
  readonly streaming?: boolean;
  readonly warnings?: string[];
}

/** The source as a program would open it, on the fake cluster. */
export function sourceOn(
  broker: FakeBroker<Clock>,
  options: Options,
  { streaming = true, warnings = [] }: SourceCaseOptions = {},
): KafkaSource {
  const config = kafkaSourceConfig(options, streaming);
  const { clock } = broker;
  return new KafkaSource({
    config,
    recordSchema: kafkaSchema(config.includeHeaders),
    label: `kafka(${subscriptionText(config.subscription)})`,
    clock,
    warn: (message) => void warnings.push(message),
    connect: () => WireCluster.open(broker.provider(), { clock, deadlineMs: config.stallTimeoutMs }),
    loadCodecs: () => loadCodecs(nodeCompression),
  });
}

export const never = new AbortController().signal;

/** As a log gives it back. */
export function revived(offset: Offset): Offset {
  return JSON.parse(JSON.stringify(offset));
}

export interface Step {
  readonly from: Offset;
  readonly to: Offset;
  readonly behind: readonly string[];
  /** "orders-0:3", in the order they came. */
  readonly rows: readonly string[];
}

/** One trigger from a place on. */
export async function step(source: Source, from: Offset, limit: ReadLimit = UNLIMITED): Promise<Step> {
  const { offset: to, behind } = await source.latestOffset(from, limit);
  return { from, to, behind, rows: await read(source, from, to) };
}

export async function read(source: Source, from: Offset, to: Offset): Promise<string[]> {
  return namesOf(await collect(source.read(from, to, never)));
}

export function namesOf(chunks: readonly Chunk[]): string[] {
  return rowsOf(chunks).map(({ topic, partition, offset }) => `${topic}-${partition}:${offset}`);
}

/** "orders-0:3" ... "orders-0:5" */
export function names(partition: string, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `${partition}:${from + i}`);
}
