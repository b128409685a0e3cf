import type { Chunk } from "../../src/columnar/chunk.js";
import { toObjects } from "../../src/columnar/to-objects.js";

/** Chunks as plain objects that compare well: int64 as bigint, instants in ISO text. */
export function rowsOf(chunks: Iterable<Chunk>): Record<string, unknown>[] {
  return [...chunks].flatMap((chunk) => toObjects(chunk, { int64: "bigint", timestamp: "iso" }));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
