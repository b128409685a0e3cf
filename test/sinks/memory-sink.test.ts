import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemorySink } from "../../src/sinks/memory-sink.js";
import type { SinkMode } from "../../src/sinks/sink.js";
import { batchOf, runBatch, shapeOf } from "../contracts/sink-contract.js";
import { rowsOf } from "../fakes/rows-of.js";

type Row = { key: string; n: bigint | null };

async function opened(mode: SinkMode, change = {}): Promise<MemorySink> {
  const sink = new MemorySink();
  await sink.open("query", "sink", shapeOf(mode, change));
  return sink;
}

const rowsIn = (sink: MemorySink): unknown[] => rowsOf(sink.snapshot()?.chunks ?? []);
const a = { key: "a", n: 1n };
const b = { key: "b", n: 2n };

describe("the memory sink", () => {
  it("has no content before the query starts", () => {
    expect(new MemorySink().snapshot()).toBeNull();
  });

  it("keeps its content for the same query and starts anew for another", async () => {
    const sink = await opened("append");
    await runBatch(sink, 0, [batchOf([a])]);
    await sink.open("query", "sink", shapeOf("append"));
    expect(rowsIn(sink)).toEqual([a]);
    await sink.open("other", "sink", shapeOf("append"));
    expect(rowsIn(sink)).toEqual([]);
  });

  it("collects rows in append mode, replaces them in complete mode", async () => {
    const append = await opened("append");
    const complete = await opened("complete");
    for (const sink of [append, complete]) {
      await runBatch(sink, 0, [batchOf([a]), batchOf([b])]);
      await runBatch(sink, 1, [batchOf([b])]);
    }
    expect(rowsIn(append)).toEqual([a, b, b]);
    expect(rowsIn(complete)).toEqual([b]);
    await runBatch(complete, 2, []);
    expect(rowsIn(complete)).toEqual([]);
  });

  it("upserts and deletes by key in update mode", async () => {
    const sink = await opened("update", { deletes: true });
    await runBatch(sink, 0, [batchOf([a, b], { op: Uint8Array.of(0, 0) })]);
    await runBatch(sink, 1, [
      batchOf(
        [
          { key: "a", n: 5n },
          { key: "b", n: null },
        ],
        { op: Uint8Array.of(0, 1) },
      ),
    ]);
    expect(rowsIn(sink)).toEqual([{ key: "a", n: 5n }]);
    await runBatch(sink, 2, [batchOf([{ key: "a", n: null }], { op: Uint8Array.of(1) }), batchOf([a], { op: null })]);
    expect(rowsIn(sink)).toEqual([a]);
  });

  it("has one row where the key has no columns, and keeps all where there is no key", async () => {
    const single = await opened("update", { key: [] });
    const keyless = await opened("update", { key: null, insertOnly: true });
    for (const sink of [single, keyless]) {
      await runBatch(sink, 0, [batchOf([a])]);
      await runBatch(sink, 1, [batchOf([b])]);
    }
    expect(rowsIn(single)).toEqual([b]);
    expect(rowsIn(keyless)).toEqual([a, b]);
  });

  it("adds up weights in changelog mode and keeps the deltas", async () => {
    const sink = await opened("changelog");
    const weighted = (rows: Row[], weights: number[]) => {
      const { chunk } = batchOf(rows);
      return { chunk: { ...chunk, weights: Int32Array.from(weights) }, op: null };
    };
    await runBatch(sink, 0, [weighted([a, b], [2, 1])]);
    await runBatch(sink, 1, [weighted([a, b, { key: "c", n: null }], [-1, -1, 1])]);
    expect(rowsIn(sink)).toEqual([a, { key: "c", n: null }]);
    expect(sink.deltas().map(({ batch, rows }) => [batch, rows[0]?.chunk.weights])).toEqual([
      [0, Int32Array.of(2, 1)],
      [1, Int32Array.of(-1, -1, 1)],
    ]);
  });

  it("equals a map for any sequence of upserts and deletes", async () => {
    const change = fc.record({
      key: fc.constantFrom("a", "b", "c", "d", "e"),
      n: fc.bigInt(0n, 9n),
      isDelete: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 300 }), { maxLength: 12 }), async (batches) => {
        const sink = await opened("update", { deletes: true });
        const expected = new Map<string, bigint>();
        for (const [i, changes] of batches.entries()) {
          const op = Uint8Array.from(changes, ({ isDelete }) => (isDelete ? 1 : 0));
          await runBatch(
            sink,
            i,
            changes.length === 0
              ? []
              : [
                  batchOf(
                    changes.map(({ key, n }) => ({ key, n })),
                    { op },
                  ),
                ],
          );
          for (const { key, n, isDelete } of changes) isDelete ? expected.delete(key) : expected.set(key, n);
        }
        const found = rowsIn(sink) as { key: string; n: bigint }[];
        expect(new Map(found.map(({ key, n }) => [key, n]))).toEqual(expected);
        expect(found.length).toBe(expected.size);
      }),
      { numRuns: 40 },
    );
  });
});
