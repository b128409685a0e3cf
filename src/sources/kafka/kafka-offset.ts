import { SourceError } from "../../common/millrace-error.js";
import type { Offset } from "../source.js";

/** By partition number; null: a partition that is not read. */
export type PartitionOffsets = readonly (number | null)[];

export interface TopicPositions {
  /** Tells a topic from another one of the same name that came after it. */
  readonly id: string;
  readonly offsets: PartitionOffsets;
}

/**
 * Where a query stands. As JSON: `{ topics: { orders: { id, offsets: [12, 7] } } }`, with two more members where they say
 * something: `begins`, by topic, where a range that ends here begins elsewhere than where the one before ended (new
 * partitions, a new topic of the same name, a restart), so that a logged range needs nothing else to be read again; and
 * `again`, the `restartFrom` that has been done.
 */
export interface KafkaPosition {
  /** Names ascending. */
  readonly topics: ReadonlyMap<string, TopicPositions>;
  readonly begins: ReadonlyMap<string, PartitionOffsets>;
  readonly again: string | null;
}

/** What a trigger reads of one partition: offsets in [from, to). */
export interface PartitionRange {
  readonly topic: string;
  readonly id: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** What rows, watermarks and messages call a partition. */
export function partitionName(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** One text for one place: topics in the order of their names. */
export function offsetOf({ topics, begins, again }: KafkaPosition): Offset {
  const names = [...topics.keys()].sort();
  const parts = names.map((name): [string, Offset] => {
    const { id = "", offsets = [] } = topics.get(name) ?? {};
    return [name, { id, offsets }];
  });
  const starts = [...begins.keys()].sort().map((name): [string, Offset] => [name, begins.get(name) ?? []]);
  return {
    topics: Object.fromEntries(parts),
    ...(starts.length === 0 ? {} : { begins: Object.fromEntries(starts) }),
    ...(again === null ? {} : { again }),
  };
}

/** @throws SourceError OFFSET_INVALID */
export function positionOf(offset: Offset): KafkaPosition {
  const { topics, begins = {}, again = null } = isRecord(offset) ? offset : {};
  if (!isRecord(topics) || !isRecord(begins) || (again !== null && typeof again !== "string")) throw invalid(offset);
  const read = Object.entries(topics).map(([name, entry]): [string, TopicPositions] => {
    if (!isRecord(entry) || typeof entry["id"] !== "string") throw invalid(offset);
    return [name, { id: entry["id"], offsets: offsetsIn(entry["offsets"], offset) }];
  });
  const starts = Object.entries(begins).map(([name, entry]): [string, PartitionOffsets] => [
    name,
    offsetsIn(entry, offset),
  ]);
  return { topics: new Map(read), begins: new Map(starts), again };
}

/**
 * The partitions with offsets between two places, by name of the topic and number.
 * @throws SourceError OFFSET_INVALID for a partition that has an end and no beginning
 */
export function rangesBetween(from: KafkaPosition, to: KafkaPosition): readonly PartitionRange[] {
  const ranges: PartitionRange[] = [];
  for (const [topic, { id, offsets }] of to.topics) {
    const before = from.topics.get(topic);
    const known = before?.id === id ? before.offsets : [];
    for (const [partition, end] of offsets.entries()) {
      if (end === null) continue;
      const begin = to.begins.get(topic)?.[partition] ?? known[partition] ?? null;
      if (begin === null) throw invalid(offsetOf(to));
      if (begin < end) ranges.push({ topic, id, partition, from: begin, to: end });
    }
  }
  return ranges.sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}

function offsetsIn(entry: Offset | undefined, whole: Offset): PartitionOffsets {
  if (!Array.isArray(entry)) throw invalid(whole);
  return entry.map((offset: Offset) => {
    if (offset === null) return null;
    if (typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0) return offset;
    throw invalid(whole);
  });
}

function isRecord(value: Offset | undefined): value is { readonly [key: string]: Offset } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(offset: Offset): SourceError {
  return new SourceError("OFFSET_INVALID", `${JSON.stringify(offset)} is not an offset of a Kafka source.`);
}
