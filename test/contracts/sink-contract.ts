import { describe, expect, it } from "vitest";
import { CommitPermit } from "../../src/checkpoint/commit-permit.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import type { Sink, SinkBatch, SinkMode, SinkShape } from "../../src/sinks/sink.js";
import { int64, required, schemaOf, utf8 } from "../../src/types/type-constructors.js";

/** What the suite needs of an implementation. */
export interface SinkCase {
  readonly name: string;
  make(): SinkUnderTest | Promise<SinkUnderTest>;
}

export interface SinkUnderTest {
  readonly sink: Sink;
  /** What is visible so far: one entry per published batch or row, in order. */
  visible(): readonly unknown[] | Promise<readonly unknown[]>;
  /** Durable sinks: one more instance in the same place, as another process has it. */
  another?(): Sink;
  /** Several queries may write to the same place, durable or not. */
  readonly isShared?: boolean;
  /** Traces of attempts that are not committed. */
  leftovers?(): Promise<readonly string[]>;
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
export async function runBatch(sink: Sink, batch: number, parts: readonly SinkBatch[], attempt = 0): Promise<void> {
  await stage(sink, { batch, attempt }, parts);
  await sink.commit(permitOf(batch, attempt));
}

/** All of a trigger but its commit. */
export async function stage(
  sink: Sink,
  run: { readonly batch: number; readonly attempt: number },
  parts: readonly SinkBatch[],
): Promise<string> {
  await sink.begin(run.batch, run.attempt, []);
  for (const part of parts) await sink.write(part);
  return sink.prepare();
}

const row = batchOf([{ key: "a", n: 1n }]);

/** The promises of the Sink port, one test each. */
export function sinkContract(implementation: SinkCase): void {
  describe(`sink contract: ${implementation.name}`, () => {
    visibilityTests(implementation);
    repetitionTests(implementation);
    ownershipTests(implementation);
  });
}

/** What a sink that keeps its promises beyond the process promises in addition. */
export function durableSinkContract(implementation: SinkCase): void {
  describe(`durable sink contract: ${implementation.name}`, () => restartTests(implementation));
}

function visibilityTests({ make }: SinkCase): void {
  it("shows nothing before the commit, and the rows after it", async () => {
    const { sink, visible } = await make();
    await sink.open("query", "sink", shapeOf("append"));
    expect(typeof (await stage(sink, { batch: 0, attempt: 0 }, [row]))).toBe("string");
    expect(await visible()).toEqual([]);
    await sink.commit(permitOf(0, 0));
    expect((await visible()).length).toBe(1);
    await sink.close();
  });

  it("leaves no trace of an attempt that was aborted, written or prepared", async () => {
    const { sink, visible, leftovers } = await make();
    await sink.open("query", "sink", shapeOf("append"));
    await sink.begin(0, 0, []);
    await sink.write(row);
    await sink.abort(0);
    await stage(sink, { batch: 0, attempt: 1 }, [row]);
    await sink.abort(1);
    expect(await visible()).toEqual([]);
    expect((await leftovers?.()) ?? []).toEqual([]);
    await runBatch(sink, 0, [row], 2);
    expect((await visible()).length).toBe(1);
    expect(await sink.committed()).toEqual({ batch: 0, attempt: 2 });
    await sink.close();
  });

  it("takes it easy when an attempt is aborted that it never heard of", async () => {
    const { sink, visible } = await make();
    await sink.open("query", "sink", shapeOf("append"));
    await sink.abort(17);
    await runBatch(sink, 0, [row]);
    await sink.abort(17);
    expect((await visible()).length).toBe(1);
    await sink.close();
  });

  it("takes every mode that it names", async () => {
    for (const mode of (await make()).sink.modes) {
      const { sink, visible } = await make();
      await sink.open("query", "sink", shapeOf(mode));
      const weights = mode === "changelog" ? Int32Array.of(1) : null;
      await runBatch(sink, 0, [{ ...row, chunk: { ...row.chunk, weights } }]);
      expect((await visible()).length).toBe(1);
      await sink.close();
    }
  });
}

function repetitionTests({ make }: SinkCase): void {
  it("counts a batch that is committed twice once", async () => {
    const { sink, visible } = await make();
    await sink.open("query", "sink", shapeOf("append"));
    for (const batch of [0, 1, 2]) {
      await runBatch(sink, batch, [row]);
      await runBatch(sink, batch, [row]);
      expect((await visible()).length).toBe(batch + 1);
    }
    await sink.close();
  });

  it("knows what it has committed, batches without rows too", async () => {
    const { sink } = await make();
    await sink.open("query", "sink", shapeOf("append"));
    expect(await sink.committed()).toBeNull();
    await runBatch(sink, 7, [row], 3);
    expect(await sink.committed()).toEqual({ batch: 7, attempt: 3 });
    await runBatch(sink, 8, []);
    expect(await sink.committed()).toEqual({ batch: 8, attempt: 0 });
    await sink.close();
  });
}

function ownershipTests({ make }: SinkCase): void {
  it("does not take a batch again from the query that it had it from", async () => {
    const { sink, visible } = await make();
    await sink.open("query", "sink", shapeOf("append"));
    await runBatch(sink, 0, [row]);
    await sink.open("query", "sink", shapeOf("append"));
    await runBatch(sink, 0, [row]);
    expect((await visible()).length).toBe(1);
    await sink.close();
  });

  it("takes batch 0 of another query, or refuses that query where it can tell", async () => {
    const { sink, visible, isShared = false } = await make();
    await sink.open("query", "sink", shapeOf("append"));
    await runBatch(sink, 0, [row]);
    if (sink.durable && !isShared) {
      await expect(sink.open("other", "sink", shapeOf("append"))).rejects.toMatchObject({ code: "SINK_TARGET_TAKEN" });
      await expect(sink.open("query", "late", shapeOf("append"))).rejects.toMatchObject({ code: "SINK_TARGET_TAKEN" });
      expect((await visible()).length).toBe(1);
      return;
    }
    await sink.open("other", "sink", shapeOf("append"));
    expect(await sink.committed()).toBeNull();
    await runBatch(sink, 0, [row, row]);
    expect((await visible()).length).toBeGreaterThan(1);
    await sink.close();
  });
}

/** The sink, and how to have it opened by the next process. */
async function inTwoProcesses(make: SinkCase["make"]) {
  const under = await make();
  await under.sink.open("query", "sink", shapeOf("append"));
  const reopen = async (): Promise<Sink> => {
    const next = under.another?.();
    if (next === undefined) throw new Error("a durable sink can be had anew");
    await next.open("query", "sink", shapeOf("append"));
    return next;
  };
  return { ...under, reopen };
}

function restartTests({ make }: SinkCase): void {
  it("killed before the commit: has nothing, and takes the batch by another attempt", async () => {
    const { sink, visible, reopen, leftovers } = await inTwoProcesses(make);
    await stage(sink, { batch: 0, attempt: 0 }, [row]);
    const next = await reopen();
    expect(await next.committed()).toBeNull();
    await next.abort(0);
    expect((await leftovers?.()) ?? []).toEqual([]);
    await runBatch(next, 0, [row], 1);
    expect((await visible()).length).toBe(1);
    expect(await next.committed()).toEqual({ batch: 0, attempt: 1 });
  });

  it("killed after the commit: has the batch, and takes it again without a trace", async () => {
    const { sink, visible, reopen, leftovers } = await inTwoProcesses(make);
    await runBatch(sink, 0, [row], 4);
    const next = await reopen();
    expect(await next.committed()).toEqual({ batch: 0, attempt: 4 });
    await runBatch(next, 0, [row], 4);
    expect((await visible()).length).toBe(1);
    await runBatch(next, 1, [row]);
    expect((await visible()).length).toBe(2);
    expect((await leftovers?.()) ?? []).toEqual([]);
  });

  it("takes a prepared attempt that is handed in a second time under its number", async () => {
    const { sink, visible, reopen } = await inTwoProcesses(make);
    await stage(sink, { batch: 0, attempt: 0 }, [row]);
    const next = await reopen();
    await runBatch(next, 0, [row], 0);
    expect((await visible()).length).toBe(1);
  });

  it("refuses a second attempt at a batch that is committed", async () => {
    const { sink, visible, reopen } = await inTwoProcesses(make);
    await runBatch(sink, 0, [row], 0);
    const next = await reopen();
    await expect(runBatch(next, 0, [row], 1)).rejects.toMatchObject({ code: "SINK_CONFLICT" });
    await next.abort(1);
    expect((await visible()).length).toBe(1);
    expect(await next.committed()).toEqual({ batch: 0, attempt: 0 });
  });

  it("of two attempts that are both prepared, one is committed", async () => {
    const { sink, visible, reopen } = await inTwoProcesses(make);
    const next = await reopen();
    await stage(sink, { batch: 0, attempt: 0 }, [row]);
    await stage(next, { batch: 0, attempt: 1 }, [row]);
    await next.commit(permitOf(0, 1));
    await expect(sink.commit(permitOf(0, 0))).rejects.toMatchObject({ code: "SINK_CONFLICT" });
    await sink.abort(0);
    expect((await visible()).length).toBe(1);
    expect(await next.committed()).toEqual({ batch: 0, attempt: 1 });
  });

  it("does not let a run commit that was taken for dead", async () => {
    const { sink, visible, reopen } = await inTwoProcesses(make);
    await stage(sink, { batch: 0, attempt: 0 }, [row]);
    const next = await reopen();
    await next.abort(0);
    await expect(sink.commit(permitOf(0, 0))).rejects.toMatchObject({ code: "SINK_CONFLICT" });
    expect(await visible()).toEqual([]);
    await runBatch(next, 0, [row], 1);
    expect((await visible()).length).toBe(1);
  });
}
