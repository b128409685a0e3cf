import { KafkaError } from "../../clients/kafka/kafka-error.js";
import type { KafkaProducer } from "../../clients/kafka/kafka-producer.js";
import { isRefusal, refusedBatch, type SentBatches } from "./refused-batch.js";

/**
 * Brokers have said no, and mean it. Not among them: that somebody else has the transactional id, who would be shut out by a
 * new fence; and silence, which another request would only wait for once more.
 */
const ANSWERS = ["KAFKA_DENIED", "KAFKA_REFUSED", "KAFKA_TOPIC_GONE"];

/**
 * Sends them all. Where that fails for good, `release` ends the transaction: one that is left open hides what comes behind it
 * in every partition that it has reached, until its time is over.
 */
export async function sendBatches(
  producer: KafkaProducer,
  sent: SentBatches,
  release: () => Promise<void>,
): Promise<void> {
  try {
    await producer.send(sent.batches);
  } catch (error) {
    if (isRefusal(error) || isAnswer(error)) await release().catch(() => {});
    throw isRefusal(error) ? refusedBatch(error, sent) : error;
  }
}

function isAnswer(error: unknown): boolean {
  return error instanceof KafkaError && ANSWERS.includes(error.code);
}
