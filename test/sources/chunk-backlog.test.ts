import { expect, it } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import { chunkOf } from "../../src/columnar/chunk-of.js";
import { ChunkBacklog } from "../../src/sources/chunk-backlog.js";
import { schemaOf, utf8 } from "../../src/types/type-constructors.js";

const MIB = 1 << 20;

/** Rows of a length that is only claimed: nothing looks at their bytes. */
function wideChunk(rows: number, rowBytes: number): Chunk {
  const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * rowBytes);
  const bytes = new Uint8Array(0);
  const text = { layout: "bytes" as const, type: utf8(), length: rows, nullCount: 0, validity: null, offsets, bytes };
  return chunkOf(schemaOf({ text: utf8() }), [text], rows);
}

it("a backlog is full of few rows when they are wide, and has room again when they are gone", () => {
  const backlog = new ChunkBacklog(1000);
  backlog.add(wideChunk(4, 16 * MIB));
  expect(backlog.isFull(0)).toBe(false);
  backlog.add(wideChunk(4, 16 * MIB));
  expect(backlog.isFull(0)).toBe(true);
  backlog.discard(1);
  expect(backlog.isFull(0)).toBe(false);
  backlog.add(wideChunk(1, 16 * MIB));
  expect(backlog.isFull(0)).toBe(true);
  backlog.discard(9);
  expect([backlog.start, backlog.end, backlog.isFull(0)]).toEqual([9, 9, false]);
});

it("numbers rows from where it is told to", () => {
  const backlog = new ChunkBacklog(3);
  backlog.startAt(7);
  backlog.add(wideChunk(2, 1));
  expect([backlog.start, backlog.end, backlog.isFull(1)]).toEqual([7, 9, true]);
  expect([...backlog.read(8, 9)].map((chunk) => chunk.length)).toEqual([1]);
});
