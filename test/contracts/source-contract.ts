import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import { MAX_CHUNK_ROWS } from "../../src/columnar/chunk.js";
import { type Offset, type ReadLimit, type Source, UNLIMITED } from "../../src/sources/source.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

/** What the suite needs of an implementation. */
export interface SourceCase {
  readonly name: string;
  /** A source with at least three records of which none has been delivered, and a way to make more come (null: all is there). */
  make(): Promise<{ source: Source; more: (() => Promise<void> | void) | null }>;
}

const LEAST: ReadLimit = { maxRows: 1, maxBytes: 1, maxFiles: 1 };
const never = new AbortController().signal;

/** The promises of the Source port, one test each. */
export function sourceContract({ name, make }: SourceCase): void {
  describe(`source contract: ${name}`, () => {
    it("delivers at least one record under the tightest limit", async () => {
      const { source } = await make();
      const from = await source.initialOffset();
      const { offset } = await source.latestOffset(from, LEAST);
      expect(JSON.stringify(offset)).not.toBe(JSON.stringify(from));
      expect(countRows(await collect(source.read(from, offset, never)))).toBeGreaterThan(0);
      await source.close();
    });

    it("gives the same rows for every cut into ranges", async () => {
      const whole = await make();
      const from = await whole.source.initialOffset();
      const { offset: to } = await whole.source.latestOffset(from, UNLIMITED);
      const expected = partitioned(await collect(whole.source.read(from, to, never)));
      await whole.source.close();
      const { source } = await make();
      const parts: Chunk[] = [];
      await eachRange(source, LEAST, async (range) => {
        parts.push(...(await collect(source.read(range.from, range.to, never))));
      });
      expect(partitioned(parts)).toEqual(expected);
      await source.close();
    });

    it("reads a range again exactly, if it is replayable", async () => {
      const { source } = await make();
      const from = await source.initialOffset();
      const { offset: to } = await source.latestOffset(from, UNLIMITED);
      const first = rowsOf(await collect(source.read(from, to, never)));
      if (source.replayable) {
        await source.commit(to);
        expect(rowsOf(await collect(source.read(from, to, never)))).toEqual(first);
      }
      expect(first.length).toBeGreaterThan(0);
      await source.close();
    });

    it("names one partition per chunk, in an order that does not go back", async () => {
      const { source } = await make();
      const from = await source.initialOffset();
      const { offset: to, behind } = await source.latestOffset(from, UNLIMITED);
      const partitions = (await collect(source.read(from, to, never))).map((chunk) => chunk.partition);
      expect(partitions.every((partition) => partition !== null)).toBe(true);
      const changes = partitions.filter((partition, i) => partition !== partitions[i - 1]);
      expect(changes).toEqual([...new Set(changes)]);
      expect(behind).toEqual(expect.arrayContaining(changes));
      await source.close();
    });

    it("keeps chunks to the schema and below the largest size", async () => {
      const { source } = await make();
      const from = await source.initialOffset();
      const { offset: to } = await source.latestOffset(from, UNLIMITED);
      for (const chunk of await collect(source.read(from, to, never))) {
        expect(chunk.schema).toEqual(source.schema);
        expect(chunk.columns.map((column) => column.type)).toEqual(source.schema.fields.map((field) => field.type));
        expect(chunk.columns.every((column) => column.length === chunk.length)).toBe(true);
        expect(chunk.length).toBeLessThanOrEqual(MAX_CHUNK_ROWS);
      }
      await source.close();
    });

    it("never goes past `until`", async () => {
      const { source, more } = await make();
      const from = await source.initialOffset();
      const { offset: until } = await source.latestOffset(from, UNLIMITED);
      await more?.();
      let at: Offset = from;
      for (let i = 0; i < 100 && JSON.stringify(at) !== JSON.stringify(until); i++) {
        at = (await source.latestOffset(at, { ...LEAST, until })).offset;
      }
      expect(at).toEqual(until);
      expect((await source.latestOffset(at, { ...UNLIMITED, until })).offset).toEqual(until);
      await source.close();
    });

    it("resolves `changed` at once when there is something, and when the signal aborts", async () => {
      const { source } = await make();
      const from = await source.initialOffset();
      await source.changed(from, never);
      const { offset } = await source.latestOffset(from, UNLIMITED);
      const stop = new AbortController();
      const waiting = source.changed(offset, stop.signal);
      stop.abort();
      await waiting;
      await source.close();
    });

    it("ends a pending `changed` when it is closed", async () => {
      const { source } = await make();
      const from = await source.initialOffset();
      const { offset } = await source.latestOffset(from, UNLIMITED);
      const waiting = source.changed(offset, never);
      await source.close();
      await waiting;
    });
  });
}

async function eachRange(
  source: Source,
  limit: ReadLimit,
  visit: (range: { from: Offset; to: Offset }) => Promise<void>,
): Promise<void> {
  let from = await source.initialOffset();
  const { offset: until } = await source.latestOffset(from, UNLIMITED);
  for (let i = 0; i < 1000; i++) {
    const { offset: to } = await source.latestOffset(from, { ...limit, until });
    if (JSON.stringify(to) === JSON.stringify(from)) return;
    await visit({ from, to });
    await source.commit(to);
    from = to;
  }
  throw new Error("the source did not come to an end in 1000 ranges");
}

function countRows(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

/** Rows by partition: between partitions there is no order over several ranges. */
function partitioned(chunks: readonly Chunk[]): Record<string, unknown[]> {
  const byPartition: Record<string, unknown[]> = {};
  for (const chunk of chunks)
    byPartition[`${chunk.partition}`] = [...(byPartition[`${chunk.partition}`] ?? []), ...rowsOf([chunk])];
  return byPartition;
}
