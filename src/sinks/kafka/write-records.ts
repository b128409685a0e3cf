import type { KafkaProducer } from "../../clients/kafka/kafka-producer.js";
import type { Chunk } from "../../columnar/chunk.js";
import type { Schema } from "../../types/data-type.js";
import type { KafkaSinkConfig } from "./kafka-session.js";
import { topicUnknown } from "./poison-row.js";
import { recordColumnsOf } from "./record-columns.js";
import { RecordStage } from "./record-stage.js";
import { requireCompressor } from "./require-compressor.js";

export interface RecordWrite extends Omit<KafkaSinkConfig, "commitTopic" | "resetSink"> {
  readonly schema: Schema;
  /** No other write has had it. */
  readonly id: string;
  /** Runs the query; called once everything that can be refused has been. */
  readonly rows: () => Promise<readonly Chunk[]>;
}

/** Writes the rows of a bounded frame as records: all or none, in one transaction, unless it is to be none. */
export async function writeRecords(write: RecordWrite): Promise<void> {
  const { schema, options, transactional, transactionTimeoutMs } = write;
  const columns = recordColumnsOf(schema, options.topic !== null);
  const compressors = (await write.codecs()).write;
  requireCompressor(options.compression, compressors);
  const cluster = await write.connect();
  try {
    await requireTopic(cluster, options.topic);
    const chunks = await write.rows();
    const transactionalId = transactional ? `millrace-write-${write.id}` : null;
    const producer = cluster.producer({ transactionalId, transactionTimeoutMs });
    const stage = new RecordStage({
      cluster,
      producer,
      columns,
      options,
      compressors,
      nowMs: Math.trunc(write.clock.now()),
      isKeyed: false,
      turn: 0,
      place: "write.kafka",
    });
    await withProducer(producer, async () => {
      await producer.fence();
      for (const chunk of chunks) await stage.add(chunk);
      const batches = await stage.finish();
      if (batches.length > 0) await producer.send(batches);
      if (transactional) await producer.commit();
    });
  } finally {
    await cluster.close();
  }
}

async function requireTopic(cluster: Awaited<ReturnType<RecordWrite["connect"]>>, topic: string | null): Promise<void> {
  if (topic === null || (await cluster.topics([topic])).length > 0) return;
  throw topicUnknown(topic, "write.kafka");
}

async function withProducer(producer: KafkaProducer, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await producer.close();
  }
}
