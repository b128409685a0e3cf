import { setTimeout as wait } from "node:timers/promises";
import { clientOf } from "../../src/clients/kafka/kafka-client-options.js";
import type { IsolationLevel, KafkaTopic } from "../../src/clients/kafka/kafka-cluster.js";
import { WireCluster } from "../../src/clients/kafka/wire-cluster.js";
import type { Chunk } from "../../src/columnar/chunk.js";
import { toObjects } from "../../src/columnar/to-objects.js";
import { nodePlatform } from "../../src/common/node-platform.js";
import { kafkaSchema } from "../../src/formats/kafka/kafka-schema.js";
import { loadCodecs } from "../../src/formats/kafka/load-codecs.js";
import { RecordDecoder } from "../../src/formats/kafka/record-decoder.js";
import type { Broker } from "../../tools/kafka/broker.mjs";
import type { ReadRecord } from "../../tools/kafka/read-topics.mjs";
import { kafkaClient } from "./kafka-client.js";
import { recordsOf } from "./records-of.js";

export interface Range {
  readonly from: number;
  readonly to: number;
  readonly isolation: IsolationLevel;
  /** A small fetch cuts batches off, and takes transactions apart. */
  readonly maxBytes: number;
}

const DEADLINE_MS = 30_000;
const MAX_BATCH_BYTES = 2 ** 26;

/** The library's client and decoder, and nothing else of it: fetch, decode, go on where the decoder says. */
export class WireReader {
  readonly #cluster: WireCluster;
  readonly #decoder: RecordDecoder;

  private constructor(cluster: WireCluster, decoder: RecordDecoder) {
    this.#cluster = cluster;
    this.#decoder = decoder;
  }

  static async open(broker: Pick<Broker, "address">): Promise<WireReader> {
    const { clock, random, compression } = nodePlatform;
    const provider = clientOf({ client: kafkaClient(broker) }, "a test");
    const cluster = await WireCluster.open(provider, { clock, random, deadlineMs: DEADLINE_MS });
    const codecs = await loadCodecs(compression);
    const schema = kafkaSchema(true);
    return new WireReader(
      cluster,
      new RecordDecoder({ schema, codecs, maxBatchBytes: MAX_BATCH_BYTES, damaged: "fail" }),
    );
  }

  async topic(name: string): Promise<KafkaTopic> {
    const [topic] = await this.#cluster.topics([name]);
    return topic;
  }

  /** Waits until no transaction is open: its markers come to the partitions after the answer to its commit. */
  async quiet(name: string): Promise<void> {
    const topic = await this.topic(name);
    const partitions = topic.partitions.map(({ partition }) => partition);
    const ends = async (isolation: IsolationLevel) =>
      JSON.stringify(
        [...(await this.#cluster.offsets(topic, partitions, { query: { kind: "latest" }, isolation }))].sort(),
      );
    while ((await ends("read_committed")) !== (await ends("read_uncommitted"))) await wait(20);
  }

  /** Of partition 0. */
  async end(topic: KafkaTopic, isolation: IsolationLevel): Promise<number> {
    const offsets = await this.#cluster.offsets(topic, [0], { query: { kind: "latest" }, isolation });
    return offsets.get(0) ?? 0;
  }

  /** Of partition 0. */
  async read({ id: topicId, name: topic }: KafkaTopic, range: Range): Promise<readonly ReadRecord[]> {
    const { from, to, isolation, maxBytes } = range;
    const chunks: Chunk[] = [];
    for (let next = from; next < to; ) {
      const positions = [{ topicId, partition: 0, offset: next, maxBytes }];
      const [answer] = await this.#cluster.fetch({ positions, isolation, maxWaitMs: 100, minBytes: 1, maxBytes });
      if (answer === undefined) continue;
      if (answer.error !== 0) throw new Error(`error ${answer.error} at offset ${next} of ${topic}`);
      const { records: bytes, aborted } = answer;
      const decoded = this.#decoder.decode({ topic, partition: 0, bytes, aborted, from: next, to });
      chunks.push(...decoded.chunks);
      next = decoded.next;
    }
    return recordsOf(chunks.flatMap((chunk) => toObjects(chunk)));
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }
}

/** See `quiet`. */
export async function untilQuiet(broker: Pick<Broker, "address">, topic: string): Promise<void> {
  const reader = await WireReader.open(broker);
  await reader.quiet(topic);
  await reader.close();
}
