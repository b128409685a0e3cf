import type { KafkaProducer } from "../../clients/kafka/kafka-producer.js";
import type { Chunk } from "../../columnar/chunk.js";
import type { Schema } from "../../types/data-type.js";
import type { KafkaCodecs, KafkaSinkConfig } from "./kafka-session.js";
import { topicUnknown } from "./poison-row.js";
import { recordColumnsOf } from "./record-columns.js";
import { RecordStage } from "./record-stage.js";
import { requireCompressor } from "./require-compressor.js";
import { sendBatches } from "./send-batches.js";
import type { SinkCluster } from "./sink-cluster.js";

export interface RecordWrite extends Omit<KafkaSinkConfig, "commitTopic" | "resetSink"> {
  readonly schema: Schema;
  /** No other write has had it. */
  readonly id: string;
  /** Runs the query; called once everything that can be refused has been. */
  readonly rows: () => Promise<readonly Chunk[]>;
}

/** A write that has a connection. */
interface OpenWrite {
  readonly write: RecordWrite;
  readonly cluster: SinkCluster;
  readonly codecs: KafkaCodecs;
}

const PLACE = "write.kafka";

/** Writes the rows of a bounded frame as records: all or none, in one transaction, unless it is to be none. */
export async function writeRecords(write: RecordWrite): Promise<void> {
  const { topic, compression } = write.options;
  recordColumnsOf(write.schema, topic !== null);
  const codecs = await write.codecs();
  requireCompressor(compression, codecs.write);
  const cluster = await write.connect();
  try {
    if (topic !== null && (await cluster.topics([topic])).length === 0) throw topicUnknown(topic, PLACE);
    const chunks = await write.rows();
    const open = { write, cluster, codecs };
    await withProducer(open, (producer) => writeChunks(open, producer, chunks));
  } finally {
    await cluster.close();
  }
}

async function writeChunks(open: OpenWrite, producer: KafkaProducer, chunks: readonly Chunk[]): Promise<void> {
  const stage = stageOf(open, producer);
  for (const chunk of chunks) await stage.add(chunk);
  const batches = await stage.finish();
  if (batches.length === 0) return;
  const { write, codecs } = open;
  const release = async (): Promise<void> => {
    if (write.transactional) await withProducer(open, async () => {});
  };
  await sendBatches(producer, { batches, codecs: codecs.read, place: PLACE }, release);
  if (write.transactional) await producer.commit();
}

function stageOf({ write, cluster, codecs }: OpenWrite, producer: KafkaProducer): RecordStage {
  const { schema, options, clock } = write;
  return new RecordStage({
    cluster,
    producer,
    columns: recordColumnsOf(schema, options.topic !== null),
    options,
    compressors: codecs.write,
    nowMs: Math.trunc(clock.now()),
    isKeyed: false,
    turn: 0,
    place: PLACE,
  });
}

async function withProducer(
  { write, cluster }: OpenWrite,
  work: (producer: KafkaProducer) => Promise<void>,
): Promise<void> {
  const { id, transactional, transactionTimeoutMs } = write;
  const transactionalId = transactional ? `millrace-write-${id}` : null;
  const producer = cluster.producer({ transactionalId, transactionTimeoutMs });
  try {
    await producer.fence();
    await work(producer);
  } finally {
    await producer.close();
  }
}
