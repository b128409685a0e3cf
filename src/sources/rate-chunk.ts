import { allocateInt64 } from "../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import type { Schema } from "../types/data-type.js";

export const RATE_SCHEMA: Schema = Object.freeze({
  fields: Object.freeze([
    Object.freeze({
      name: "timestamp",
      type: Object.freeze({ kind: "timestamp" as const, zone: "UTC" }),
      nullable: false,
    }),
    Object.freeze({ name: "value", type: Object.freeze({ kind: "int64" as const }), nullable: false }),
  ]),
});

/** The values [from, to) of a rate source, value v in partition v mod `partitions`; `microsOf` gives the time of a value. */
export interface RateRange {
  readonly from: number;
  readonly to: number;
  readonly partitions: number;
  readonly microsOf: (value: number) => number;
}

export function ratePartitions(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}

/** Partition by partition, in chunks. */
export function* rateChunks(range: RateRange): Iterable<Chunk> {
  for (let partition = 0; partition < range.partitions; partition++) {
    const first = range.from + ((((partition - range.from) % range.partitions) + range.partitions) % range.partitions);
    const count = Math.max(0, Math.ceil((range.to - first) / range.partitions));
    for (let done = 0; done < count; done += CHUNK_ROWS) {
      const start = first + done * range.partitions;
      yield rateChunk(range, { partition, start, length: Math.min(CHUNK_ROWS, count - done) });
    }
  }
}

function rateChunk(
  { partitions, microsOf }: RateRange,
  part: { partition: number; start: number; length: number },
): Chunk {
  const { partition, start, length } = part;
  const times = allocateInt64(length);
  const values = allocateInt64(length);
  for (let i = 0; i < length; i++) {
    const value = start + i * partitions;
    times[i] = BigInt(microsOf(value));
    values[i] = BigInt(value);
  }
  const rows = { length, nullCount: 0, validity: null };
  const columns = [
    { layout: "int64" as const, type: { kind: "timestamp" as const, zone: "UTC" }, ...rows, values: times },
    { layout: "int64" as const, type: { kind: "int64" as const }, ...rows, values },
  ];
  return {
    schema: RATE_SCHEMA,
    columns,
    length,
    sel: null,
    weights: null,
    partition: String(partition),
    rowBounds: null,
  };
}
