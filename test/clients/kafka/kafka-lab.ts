import { setImmediate as nextMacrotask } from "node:timers/promises";
import { expect } from "vitest";
import type { FetchedPartition, KafkaTopic } from "../../../src/clients/kafka/kafka-cluster.js";
import type { BatchStamp, KafkaProducer } from "../../../src/clients/kafka/kafka-producer.js";
import { WireCluster, type WireClusterOptions } from "../../../src/clients/kafka/wire-cluster.js";
import type { ManualClock } from "../../../src/testing/manual-clock.js";
import { readBatchHeader, readBatchRecords } from "../../fakes/kafka/fake-batch-reader.js";
import { encodeFakeBatch } from "../../fakes/kafka/fake-batch-writer.js";
import type { FakeBroker } from "../../fakes/kafka/fake-broker.js";

export function openCluster(broker: FakeBroker, options: Partial<WireClusterOptions> = {}): Promise<WireCluster> {
  return WireCluster.open(broker.provider(), { clock: broker.clock, deadlineMs: 1000, ...options });
}

/** Lets time go on, a little at a time, until the work is done. */
export async function passing<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = (): void => {
    isDone = true;
  };
  work.then(done, done);
  for (let step = 0; step < 10_000; step++) {
    await nextMacrotask();
    if (isDone) return work;
    await clock.advance(5);
  }
  throw new Error("nothing happened for 50 s");
}

export async function topicOf(cluster: WireCluster, name: string): Promise<KafkaTopic> {
  const [topic] = await cluster.topics([name]);
  return topic!;
}

export function batchOf(stamp: BatchStamp, values: readonly string[]): Uint8Array {
  const records = values.map((value, offset) => {
    return { offset, timestamp: 1_767_225_600_000, key: null, value: new TextEncoder().encode(value), headers: [] };
  });
  const { producerId, epoch, sequence, isTransactional } = stamp;
  return encodeFakeBatch({
    base: 0,
    records,
    producerId: Number(producerId),
    epoch,
    sequence,
    transactional: isTransactional,
  });
}

/** One batch per list of values, to one partition. */
export function sendTo(
  producer: KafkaProducer,
  to: { readonly topic: KafkaTopic; readonly partition: number },
  ...lists: readonly (readonly string[])[]
): Promise<void> {
  const batches = lists.map((values) => batchOf(producer.stamp(to.topic.name, to.partition, values.length), values));
  return producer.send([{ ...to, batches }]);
}

export function valuesOf(broker: FakeBroker, topic: string, partition = 0): string[] {
  return broker.committed(topic)[partition]!.map(({ value }) => new TextDecoder().decode(value!));
}

/** The values of a fetch answer, control batches and aborted ones included. */
export function fetchedValues({ records }: FetchedPartition): string[] {
  const values: string[] = [];
  for (let at = 0; at < records.length; ) {
    const { size, control } = readBatchHeader(records.subarray(at));
    if (!control) {
      for (const { value } of readBatchRecords(records.subarray(at, at + size))) {
        values.push(new TextDecoder().decode(value!));
      }
    }
    at += size;
  }
  return values;
}

/** The error that the work ends in. */
export async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const reason: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(reason, "it did not fail").toBeInstanceOf(Error);
  return reason as { code: string; message: string };
}
