import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import { MAX_CHUNK_ROWS } from "../../src/columnar/chunk.js";
import { CheckpointError } from "../../src/common/millrace-error.js";
import { type Offset, type ReadLimit, type Source, type SourceStorage, UNLIMITED } from "../../src/sources/source.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { collect, rowsOf } from "../fakes/rows-of.js";
import { type CrashModel, SimFileSystem } from "../fakes/sim-file-system.js";
import { storageOn } from "../fakes/storage-on.js";

/** What the suite needs of an implementation. */
export interface SourceCase {
  readonly name: string;
  /** It refuses to open without a checkpoint. */
  readonly needsStorage?: boolean;
  /** A source with at least three records of which none has been delivered. */
  make(storage: SourceStorage | null): Promise<Made>;
}

export interface Made {
  readonly source: Source;
  /** Makes more records come; null: all is there. */
  readonly more: (() => Promise<void> | void) | null;
  /** The source of a later process of the same program over `storage`; null: only with storage does it give the rows again. */
  readonly reopen: ((storage: SourceStorage | null) => Source) | null;
}

const LEAST: ReadLimit = { maxRows: 1, maxBytes: 1, maxFiles: 1 };
const never = new AbortController().signal;

/** The promises of the Source port, one test each, for queries without a checkpoint and with one. */
export function sourceContract(sourceCase: SourceCase): void {
  if (sourceCase.needsStorage !== true) portContract(sourceCase, { title: "no checkpoint", storage: () => null });
  portContract(sourceCase, { title: "a checkpoint", storage: () => storageOn(new FakeFileSystem()) });
  durabilityContract(sourceCase);
}

function portContract(
  { name, make }: SourceCase,
  { title, storage }: { title: string; storage: () => SourceStorage | null },
): void {
  describe(`source contract: ${name} with ${title}`, () => {
    it("delivers at least one record under the tightest limit", async () => {
      const { source } = await make(storage());
      const from = await source.initialOffset();
      const { offset } = await source.latestOffset(from, LEAST);
      expect(JSON.stringify(offset)).not.toBe(JSON.stringify(from));
      expect(countRows(await collect(source.read(from, offset, never)))).toBeGreaterThan(0);
      await source.close();
    });

    it("gives the same rows for every cut into ranges", async () => {
      const whole = await make(storage());
      const from = await whole.source.initialOffset();
      const { offset: to } = await whole.source.latestOffset(from, UNLIMITED);
      const expected = partitioned(await collect(whole.source.read(from, to, never)));
      await whole.source.close();
      const { source } = await make(storage());
      const parts: Chunk[] = [];
      await eachRange(source, LEAST, async (range) => {
        parts.push(...(await collect(source.read(range.from, range.to, never))));
      });
      expect(partitioned(parts)).toEqual(expected);
      await source.close();
    });

    it("reads a range again exactly, if it is replayable", async () => {
      const { source } = await make(storage());
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
      const { source } = await make(storage());
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
      const { source } = await make(storage());
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

    it("gives offsets that survive as JSON text, one text for one place", async () => {
      const { source } = await make(storage());
      const from = revived(await source.initialOffset());
      const least = await source.latestOffset(from, LEAST);
      const until = least.offset;
      const again = await source.latestOffset(from, { ...UNLIMITED, until });
      expect(JSON.stringify(again.offset)).toBe(JSON.stringify(until));
      const still = await source.latestOffset(revived(until), { ...UNLIMITED, until: revived(until) });
      expect(JSON.stringify(still.offset)).toBe(JSON.stringify(until));
      const rows = rowsOf(await collect(source.read(from, revived(until), never)));
      expect(rows.length).toBeGreaterThan(0);
      await source.close();
    });

    it("gives a later process the rows of every range that may be run again, and goes on behind them", async () => {
      const place = storage();
      const { source, reopen } = await make(place);
      if (reopen === null) return source.close();
      const ranges: Range[] = [];
      await eachRange(source, LEAST, async ({ from, to }) => {
        ranges.push({ from, to, rows: rowsOf(await collect(source.read(from, to, never))) });
      });
      await source.close();
      const later = reopen(place);
      const { from, to, rows } = revived(ranges[ranges.length - 1]);
      expect(rowsOf(await collect(later.read(from, to, never))).map(jsonOf)).toEqual(rows);
      const { offset } = await later.latestOffset(to, UNLIMITED);
      await later.commit(to);
      expect(rowsOf(await collect(later.read(from, to, never))).map(jsonOf)).toEqual(rows);
      await collect(later.read(to, offset, never));
      await later.close();
    });

    it("never goes past `until`", async () => {
      const { source, more } = await make(storage());
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
      const { source } = await make(storage());
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
      const { source } = await make(storage());
      const from = await source.initialOffset();
      const { offset } = await source.latestOffset(from, UNLIMITED);
      const waiting = source.changed(offset, never);
      await source.close();
      await waiting;
    });
  });
}

/** How a process ends at its n-th change of the disk, and what the next one finds. */
const ENDS: readonly {
  readonly name: string;
  readonly end: (disk: SimFileSystem, at: number) => void;
  readonly model: CrashModel;
  readonly seed: number;
}[] = [
  { name: "dies", end: (disk, at) => disk.crashAt(at), model: "process", seed: 0 },
  { name: "loses its power", end: (disk, at) => disk.crashAt(at), model: "power", seed: 0 },
  ...[1, 2, 3].map((seed) => ({
    name: `loses its power while some changes are on the way (${seed})`,
    end: (disk: SimFileSystem, at: number) => disk.crashAt(at),
    model: "power-subset" as const,
    seed,
  })),
  { name: "gets an error from the disk", end: (disk, at) => disk.failAt(at, "EIO", true), model: "power", seed: 0 },
  { name: "finds the disk full once", end: (disk, at) => disk.failAt(at, "ENOSPC"), model: "process", seed: 0 },
];
const MOST_CHANGES = 200;

/** For every n: what a process gave out by then can be read by the next one, and by the one after that. */
function durabilityContract({ name, make }: SourceCase): void {
  describe(`source contract: ${name}, whose process`, () => {
    it.each(ENDS)("$name: no offset was given out that cannot be read again", async ({ end, model, seed }) => {
      for (let at = 1, ended = true; ended; at++) {
        const disk = new SimFileSystem();
        end(disk, at);
        const { source, more, reopen } = await make(storageOn(disk));
        const given: Range[] = [];
        const error = await run(source, given, more);
        ended = disk.operations >= at;
        // Tidying up may fail without harm, and most of what the contract forbids would show as an error of another class.
        if (error !== null) expect(error).toBeInstanceOf(CheckpointError);
        if (!ended) expect(error).toBe(null);
        await source.close();
        if (reopen !== null) await expectReadable(reopen, disk.afterCrash(model, seed), given.at(-1) ?? null);
        expect(at).toBeLessThan(MOST_CHANGES);
      }
    });
  });
}

interface Range {
  readonly from: Offset;
  readonly to: Offset;
  readonly rows: readonly unknown[];
}

/** A short life: two triggers, more records, two triggers. Gives the error that ended it. */
async function run(source: Source, given: Range[], more: Made["more"]): Promise<unknown> {
  try {
    let from = await source.initialOffset();
    for (let trigger = 0; trigger < 4; trigger++) {
      if (trigger === 2) await more?.();
      const { offset: to } = await source.latestOffset(from, LEAST);
      given.push({ from, to, rows: rowsOf(await collect(source.read(from, to, never))) });
      await source.commit(to);
      from = to;
    }
    return null;
  } catch (error) {
    return error;
  }
}

/** The next process runs the last range again, committed or not, goes on behind it, and loses its power; so does the next. */
async function expectReadable(reopen: Made["reopen"] & object, left: SimFileSystem, last: Range | null): Promise<void> {
  const later = reopen(storageOn(left));
  if (last !== null) expect(rowsOf(await collect(later.read(last.from, last.to, never)))).toEqual(last.rows);
  const from = last?.to ?? (await later.initialOffset());
  const { offset: to } = await later.latestOffset(from, UNLIMITED);
  const rows = rowsOf(await collect(later.read(from, to, never)));
  await later.close();
  const latest = reopen(storageOn(left.afterCrash("power")));
  expect(rowsOf(await collect(latest.read(from, to, never)))).toEqual(rows);
  await latest.close();
}

/** As a log gives it back. */
function revived<T>(value: T): T {
  return jsonOf(value) as T;
}

function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part)));
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
