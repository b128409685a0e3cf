import type { Chunk } from "../columnar/chunk.js";
import { fromArrow } from "../columnar/from-arrow.js";
import { sliceChunk } from "../columnar/slice.js";
import { toIpc } from "../columnar/to-arrow.js";
import { CheckpointError, SourceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import { UnsoundFile } from "./checked-file.js";
import { chunkBytes } from "./chunk-size.js";
import { conformChunk } from "./conform-chunk.js";
import type { SourceStorage } from "./source.js";
import { StorageDirectory } from "./storage-directory.js";

const KIND = "rows";
const SUFFIX = ".rows";
/** Names begin with the number of the first row, filled up so that names in order are rows in order. */
const DIGITS = 16;
/** A segment ends with the chunk that brings it here. */
const SEGMENT_BYTES = 32 << 20;

/** Rows [from, to) in a file of their own. */
interface Segment {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The rows of an input that cannot be read twice, written down before anybody learns of them: Arrow IPC behind a line
 * that proves it whole, `<first row>.rows`. Rows are numbered since the beginning of the checkpoint. Segments that no
 * rerun needs are removed, except the newest, which says how far the numbers have come.
 */
export class CaptureLog {
  readonly #directory: StorageDirectory;
  readonly #schema: Schema;
  readonly #label: string;
  #segments: Segment[] = [];
  /** Files from before a gap: a power cut may bring back some of those that were removed. */
  #leftovers: string[] = [];
  #committed: number | null = null;
  #failure: { readonly cause: unknown } | null = null;

  constructor(storage: SourceStorage, schema: Schema, label: string) {
    this.#directory = new StorageDirectory(storage);
    this.#schema = schema;
    this.#label = label;
  }

  /** Every row before this one is durable. */
  get end(): number {
    return this.#segments.at(-1)?.to ?? 0;
  }

  /** What earlier processes captured. @throws CheckpointError CHECKPOINT_CORRUPT */
  async open(): Promise<void> {
    const names = (await this.#directory.open()).filter((name) => name.endsWith(SUFFIX));
    for (const name of names) {
      const segment = this.#segmentOf(name, await this.#directory.readFacts(name, KIND));
      if (this.#segments.length > 0 && this.end !== segment.from) {
        this.#leftovers.push(...this.#segments.map((before) => before.name));
        this.#segments = [];
      }
      this.#segments.push(segment);
    }
    // Only this one's end is told by nothing else.
    const newest = this.#segments.at(-1);
    if (newest !== undefined) await this.#load(newest);
  }

  /** Durable when it resolves. A log that has failed once stays so: what reached the disk is not known any more. */
  async append(chunks: Iterable<Chunk>): Promise<void> {
    if (this.#failure !== null) throw this.#failure.cause;
    try {
      for (const segment of segmentsOf(chunks)) await this.#write(segment);
    } catch (cause) {
      this.#failure = { cause };
      throw cause;
    }
  }

  /** @throws CheckpointError CHECKPOINT_CORRUPT where rows before `row` were counted that are not here */
  requireReached(row: number): void {
    if (row <= this.end) return;
    const what = `${this.#label} has been read up to row ${row}, but only ${this.end} captured rows are there.`;
    throw new CheckpointError("CHECKPOINT_CORRUPT", what, { hint: "Restore the checkpoint, or start with a new one." });
  }

  /** Rows [from, to), in order. */
  async *read(from: number, to: number): AsyncIterable<Chunk> {
    this.#requireHeld(from, to);
    for (const segment of this.#segments) {
      if (segment.to <= from || segment.from >= to) continue;
      let base = segment.from;
      for (const chunk of await this.#load(segment)) {
        const first = Math.max(from - base, 0);
        const last = Math.min(to - base, chunk.length);
        base += chunk.length;
        if (first < last) yield sliceChunk(chunk, first, last);
      }
    }
  }

  /** Rows before `to` are processed. Those of the commit before may be asked for again by a rerun of this one. */
  async commit(to: number): Promise<void> {
    const keepFrom = this.#committed ?? 0;
    this.#committed = to;
    const isDone = (segment: Segment): boolean => segment.to <= keepFrom && segment.to < this.end;
    const done = this.#segments.filter(isDone);
    this.#segments = this.#segments.filter((segment) => !isDone(segment));
    const removed = [...this.#leftovers.splice(0), ...done.map(({ name }) => name)];
    await this.#directory.remove(removed);
  }

  async #write(chunks: readonly Chunk[]): Promise<void> {
    const from = this.end;
    const rows = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const name = `${String(from).padStart(DIGITS, "0")}${SUFFIX}`;
    await this.#directory.publish(name, KIND, { facts: { from, rows }, body: toIpc(this.#schema, chunks) });
    this.#segments.push({ name, from, to: from + rows });
  }

  async #load({ name, from, to }: Segment): Promise<readonly Chunk[]> {
    const { body } = await this.#directory.read(name, KIND);
    const { chunks } = fromArrow(body);
    const rows = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (rows !== to - from) throw this.#directory.corrupt(name, `it has ${rows} rows instead of ${to - from}`);
    return chunks.map((chunk) => conformChunk(chunk, this.#schema, this.#label));
  }

  #segmentOf(name: string, facts: Readonly<Record<string, number>>): Segment {
    const { from, rows } = facts;
    return this.#directory.sound(name, () => {
      if (rows === undefined || from !== Number.parseInt(name, 10)) {
        throw new UnsoundFile("its name and its first line differ");
      }
      return { name, from, to: from + rows };
    });
  }

  #requireHeld(from: number, to: number): void {
    if (from === to) return;
    this.requireReached(to);
    const [first] = this.#segments;
    if (first === undefined || from >= first.from) return;
    if (this.#leftovers.length > 0) throw this.#directory.corrupt(first.name, `row ${from} is not in a file before it`);
    throw new SourceError("SOURCE_NOT_REPLAYABLE", `${this.#label} has let go of row ${from}, which was committed.`);
  }
}

function* segmentsOf(chunks: Iterable<Chunk>): Iterable<readonly Chunk[]> {
  let segment: Chunk[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    segment.push(chunk);
    bytes += chunkBytes(chunk);
    if (bytes < SEGMENT_BYTES) continue;
    yield segment;
    segment = [];
    bytes = 0;
  }
  if (segment.length > 0) yield segment;
}
