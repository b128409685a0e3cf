import { Kafka, logLevel, type Producer } from "kafkajs";
import { onTestFinished } from "vitest";
import type { Broker } from "../../tools/kafka/broker.mjs";

/** kafkajs in its quick and quiet settings: tests use it to write and to administer, and never to read. */
export function kafkaClient({ address }: Pick<Broker, "address">): Kafka {
  return new Kafka({
    clientId: "millrace-test",
    brokers: [address],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 10, maxRetryTime: 500, retries: 30 },
  });
}

/** The longest that a broker takes: a transaction that is to stay open must not be aborted by it. */
const TRANSACTION_TIMEOUT_MS = 900_000;

/** With an id: for transactions. */
export function idempotent(kafka: Kafka, transactionalId?: string): Producer {
  const id = transactionalId === undefined ? {} : { transactionalId, transactionTimeout: TRANSACTION_TIMEOUT_MS };
  return kafka.producer({ ...id, idempotent: true, maxInFlightRequests: 1 });
}

/** Connected until the test ends. */
export async function connectedProducer(kafka: Kafka, transactionalId?: string): Promise<Producer> {
  const producer = idempotent(kafka, transactionalId);
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  return producer;
}
