import { onTestFinished } from "vitest";
import type { KafkaStreamOptions } from "../../src/dataframe/kafka-read-options.js";
import { Session } from "../../src/index.js";
import type { ReadRecord } from "../../tools/kafka/read-topics.mjs";
import { recordsOf } from "./records-of.js";

/** A stream over topics, and what it was given so far; stopped when the test ends. */
export interface StreamRows {
  readonly records: readonly ReadRecord[];
  /** Waits until everything that is there has come; rejects with the query's error. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export async function streamRows(options: KafkaStreamOptions, checkpoint?: string): Promise<StreamRows> {
  const records: ReadRecord[] = [];
  const { writeStream } = new Session().readStream.kafka({ startingOffsets: "earliest", ...options });
  const query = await (checkpoint === undefined ? writeStream : writeStream.checkpoint(checkpoint))
    .foreachBatch(async (frame) => void records.push(...recordsOf(await frame.collect())))
    .start();
  query.awaitTermination().catch(() => {});
  onTestFinished(() => query.stop());
  return { records, settled: () => query.processAllAvailable(), stop: () => query.stop() };
}

/** Values as text, in the order of their offsets. */
export function textsOf(records: readonly ReadRecord[]): (string | null)[] {
  return records.map(({ value }) => (value === null ? null : Buffer.from(value, "hex").toString()));
}
