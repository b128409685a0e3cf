import type { WireReader } from "../wire-reader.js";

/** What a broker answered for one partition. */
export interface PartitionResult {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
}

/** The list of topics with partitions and their error codes that many answers are. */
export function readResults(reader: WireReader): readonly PartitionResult[] {
  return reader
    .array((r) => {
      const topic = r.string();
      return r.array((p) => ({ topic, partition: p.int32(), error: p.int16() }));
    })
    .flat();
}

/** Requests name each topic once. */
export function byTopic<T extends { readonly topic: string }>(items: readonly T[]): readonly [string, readonly T[]][] {
  const topics = new Map<string, T[]>();
  for (const item of items) {
    const known = topics.get(item.topic);
    if (known === undefined) topics.set(item.topic, [item]);
    else known.push(item);
  }
  return [...topics];
}
