import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import { chunkOf, selectedCount, splitChunk } from "../../src/columnar/chunk-of.js";
import { compactChunk } from "../../src/columnar/compact.js";
import { concatChunks } from "../../src/columnar/concat.js";
import { sliceChunk } from "../../src/columnar/slice.js";
import { takeChunk } from "../../src/columnar/take.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { int32, schemaOf } from "../../src/types/type-constructors.js";
import { columnOf } from "./arbitrary-column.js";

const schema = schemaOf({ n: int32() });

/** Selected rows as [value, weight, bound]. */
function rowsOf(chunk: Chunk): unknown[] {
  const rows = chunk.sel ?? Int32Array.from({ length: chunk.length }, (_, i) => i);
  return [...rows].map((row) => [
    valueAt(chunk.columns[0], row),
    chunk.weights?.[row] ?? 1,
    chunk.rowBounds?.bounds[row] ?? null,
  ]);
}

const anyChunk: fc.Arbitrary<Chunk> = fc
  .array(fc.tuple(fc.option(fc.integer()), fc.constantFrom(1, -1, 2), fc.boolean(), fc.bigInt({ min: 0n, max: 99n })), {
    maxLength: 20,
  })
  .chain((rows) =>
    fc
      .record({ selected: fc.boolean(), weighted: fc.boolean(), bounded: fc.boolean() })
      .map(({ selected, weighted, bounded }) => ({
        ...chunkOf(
          schema,
          [
            columnOf(
              int32(),
              rows.map(([n]) => n),
            ),
          ],
          rows.length,
        ),
        sel: selected ? Int32Array.from(rows.keys()).filter((i) => rows[i][2]) : null,
        weights: weighted ? Int32Array.from(rows, ([, weight]) => weight) : null,
        rowBounds: bounded ? { watermarkId: 3, bounds: BigInt64Array.from(rows, ([, , , bound]) => bound) } : null,
        partition: "p0",
      })),
  );

describe("chunks", () => {
  it("compact: the same rows, without a selection", () => {
    fc.assert(
      fc.property(anyChunk, (chunk) => {
        const compacted = compactChunk(chunk);
        expect(compacted.sel).toBeNull();
        expect(compacted.length).toBe(selectedCount(chunk));
        expect(rowsOf(compacted)).toEqual(rowsOf(chunk));
        if (chunk.sel === null) expect(compacted).toBe(chunk);
      }),
    );
  });

  it("split: pieces of the asked length that give the chunk end to end", () => {
    fc.assert(
      fc.property(anyChunk, fc.integer({ min: 1, max: 7 }), (chunk, rows) => {
        const pieces = splitChunk(chunk, rows);
        expect(pieces.flatMap(rowsOf)).toEqual(rowsOf(chunk));
        expect(pieces.slice(0, -1).every((piece) => piece.length === rows)).toBe(true);
        expect(pieces.every((piece) => piece.length <= rows && piece.partition === "p0")).toBe(true);
      }),
    );
  });

  it("concat: the rows of all chunks", () => {
    fc.assert(
      fc.property(fc.array(anyChunk, { minLength: 1, maxLength: 4 }), (chunks) => {
        const whole = concatChunks(chunks);
        const isBounded = whole.rowBounds !== null;
        const expected = chunks.flatMap((chunk) =>
          rowsOf(chunk).map((row) => {
            const [n, weight, bound] = row as [unknown, number, bigint | null];
            return [n, weight, isBounded ? (bound ?? -(2n ** 63n)) : null];
          }),
        );
        expect(rowsOf(whole)).toEqual(expected);
        expect(whole.partition).toBe("p0");
      }),
    );
  });

  it("concat of chunks of different partitions belongs to none", () => {
    const chunk = chunkOf(schema, [columnOf(int32(), [1])], 1);
    expect(
      concatChunks([
        { ...chunk, partition: "a" },
        { ...chunk, partition: "b" },
      ]).partition,
    ).toBeNull();
  });

  it("take and slice bring weights, bounds and the selection along", () => {
    const chunk: Chunk = {
      ...chunkOf(schema, [columnOf(int32(), [10, 11, 12, 13])], 4),
      sel: Int32Array.of(0, 2, 3),
      weights: Int32Array.of(1, 2, -3, 4),
      rowBounds: { watermarkId: 0, bounds: BigInt64Array.of(5n, 6n, 7n, 8n) },
    };
    expect(rowsOf(takeChunk(chunk, Int32Array.of(3, 2, 3), 3))).toEqual([
      [13, 4, 8n],
      [12, -3, 7n],
      [13, 4, 8n],
    ]);
    expect(rowsOf(sliceChunk(chunk, 1, 3))).toEqual([[12, -3, 7n]]);
    expect(sliceChunk(chunk, 0, 4)).toBe(chunk);
  });
});
