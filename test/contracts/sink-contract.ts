import { describe, expect, it } from "vitest";
import { CommitPermit } from "../../src/checkpoint/commit-permit.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import type { Sink, SinkBatch, SinkMode, SinkShape } from "../../src/sinks/sink.js";
import { int64, required, schemaOf, utf8 } from "../../src/types/type-constructors.js";

/** What the suite needs of an implementation. */
export interface SinkCase {
  readonly name: string;
  /** A sink, and what is visible of it so far: one entry per published batch or row, in order. */
  make(): { sink: Sink; visible(): readonly unknown[] };
}

export const sinkSchema = schemaOf({ key: required(utf8()), n: int64() });

export function shapeOf(mode: SinkMode, change: Partial<SinkShape> = {}): SinkShape {
  return { mode, schema: sinkSchema, key: [0], insertOnly: false, deletes: false, ...change };
}

export function batchOf(
  rows: readonly { key: string; n: bigint | null }[],
  change: Partial<SinkBatch> = {},
): SinkBatch {
  return { chunk: chunkFromObjects(sinkSchema, rows), op: null, ...change };
}

export function permitOf(batch: number, attempt: number): CommitPermit {
  return CommitPermit.prepared({ batch, attempt });
}

/** One whole trigger. */
export async function runBatch(sink: Sink, batch: number, parts: readonly SinkBatch[]): Promise<void> {
  await sink.begin(batch, 0);
  for (const part of parts) await sink.write(part);
  await sink.prepare();
  await sink.commit(permitOf(batch, 0));
}

/** The promises of the Sink port, one test each. */
export function sinkContract({ name, make }: SinkCase): void {
  const row = batchOf([{ key: "a", n: 1n }]);

  describe(`sink contract: ${name}`, () => {
    it("shows nothing before the commit, and the rows after it", async () => {
      const { sink, visible } = make();
      await sink.open("query", "sink", shapeOf("append"));
      await sink.begin(0, 0);
      await sink.write(row);
      expect(typeof (await sink.prepare())).toBe("string");
      expect(visible()).toEqual([]);
      await sink.commit(permitOf(0, 0));
      expect(visible().length).toBe(1);
      await sink.close();
    });

    it("leaves no trace of an attempt that was aborted", async () => {
      const { sink, visible } = make();
      await sink.open("query", "sink", shapeOf("append"));
      await sink.begin(0, 0);
      await sink.write(row);
      await sink.abort(0);
      expect(visible()).toEqual([]);
      await sink.begin(0, 1);
      await sink.write(row);
      await sink.prepare();
      await sink.commit(permitOf(0, 1));
      expect(visible().length).toBe(1);
      expect(await sink.committed()).toEqual({ batch: 0, attempt: 1 });
      await sink.close();
    });

    it("counts a batch that is committed twice once", async () => {
      const { sink, visible } = make();
      await sink.open("query", "sink", shapeOf("append"));
      await runBatch(sink, 0, [row]);
      await runBatch(sink, 0, [row]);
      expect(visible().length).toBe(1);
      await runBatch(sink, 1, [row]);
      expect(visible().length).toBe(2);
      await sink.close();
    });

    it("takes batch 0 of another query, and not again of the same one", async () => {
      const { sink, visible } = make();
      await sink.open("query", "sink", shapeOf("append"));
      await runBatch(sink, 0, [row]);
      await sink.open("query", "sink", shapeOf("append"));
      await runBatch(sink, 0, [row]);
      expect(visible().length).toBe(1);
      await sink.open("other", "sink", shapeOf("append"));
      expect(await sink.committed()).toBeNull();
      await runBatch(sink, 0, [row, row]);
      expect(visible().length).toBeGreaterThan(1);
      await sink.close();
    });

    it("knows what it has committed", async () => {
      const { sink } = make();
      await sink.open("query", "sink", shapeOf("append"));
      expect(await sink.committed()).toBeNull();
      await runBatch(sink, 7, [row]);
      expect(await sink.committed()).toEqual({ batch: 7, attempt: 0 });
      await sink.close();
    });

    it("takes every mode that it names", async () => {
      for (const mode of make().sink.modes) {
        const { sink, visible } = make();
        await sink.open("query", "sink", shapeOf(mode));
        const weights = mode === "changelog" ? Int32Array.of(1) : null;
        await runBatch(sink, 0, [{ ...row, chunk: { ...row.chunk, weights } }]);
        expect(visible().length).toBe(1);
        await sink.close();
      }
    });
  });
}
