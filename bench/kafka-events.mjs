// A topic of W1's events as JSON records of 120 bytes, on a broker of its own.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { Broker } from "../tools/kafka/broker.mjs";
import { eventBatches } from "./events.mjs";

export const RECORD_BYTES = 120;
const PARTITIONS = 4;
const ROWS = 8_000;

/** @param {{ ts: BigInt64Array, key: Int32Array, value: Float64Array, qty: Int32Array }} batch */
function recordOf(batch, row) {
  const at = new Date(Number(batch.ts[row])).toISOString();
  const json = `{"ts":"${at}","key":"user_${batch.key[row]}","value":${batch.value[row]},"qty":${batch.qty[row]},"note":""}`;
  return `${json.slice(0, -2)}${".".repeat(RECORD_BYTES - json.length)}"}`;
}

/** Starts a broker and fills a topic with `records` events, spread over the partitions in turn. */
export async function brokerWithEvents({ records, keys }) {
  const broker = new Broker({ directory: mkdtempSync(join(tmpdir(), "millrace-bench-")) });
  await broker.start();
  const kafka = new Kafka({ clientId: "bench", brokers: [broker.address], logLevel: logLevel.NOTHING });
  const topic = "events";
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: false });
  await admin.disconnect();
  await produce(kafka, { topic, records, keys });
  return { broker, kafka, topic };
}

async function produce(kafka, { topic, records, keys }) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  let position = 0;
  for (const batch of eventBatches({ batches: Math.ceil(records / ROWS), rows: ROWS, keys })) {
    const messages = [];
    for (let row = 0; row < batch.rows && position < records; row++, position++) {
      messages.push({ partition: position % PARTITIONS, value: recordOf(batch, row) });
    }
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}
