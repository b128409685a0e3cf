import type { Offset } from "../source.js";
import { positionOf, rangesBetween } from "./kafka-offset.js";

/** Records of one partition, from `fromOffset` up to, and without, `untilOffset`. */
export interface KafkaOffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly untilOffset: number;
}

/**
 * What a batch took of a Kafka source, partition by partition: for a function of `foreachBatch` that keeps the ranges with
 * its results, in one transaction. The `untilOffset`s of all partitions are what `startingOffsets` takes.
 *
 * @example
 * const write = async (batch, batchId, { sources: [orders] }) => {
 *   for (const { topic, partition, untilOffset } of kafkaOffsetRanges(orders)) console.log(topic, partition, untilOffset);
 * };
 */
export function kafkaOffsetRanges(source: {
  readonly startOffset: unknown;
  readonly endOffset: unknown;
}): readonly KafkaOffsetRange[] {
  const { startOffset, endOffset } = source;
  // Where a batch took nothing the place is that of the batch before, beginnings of its partitions included.
  if (JSON.stringify(startOffset) === JSON.stringify(endOffset)) return [];
  const ranges = rangesBetween(positionOf(startOffset as Offset), positionOf(endOffset as Offset));
  return ranges.map(({ topic, partition, from, to }) => ({ topic, partition, fromOffset: from, untilOffset: to }));
}
