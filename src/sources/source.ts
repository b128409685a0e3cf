import type { Chunk } from "../columnar/chunk.js";
import type { FileSystem } from "../common/file-system.js";
import type { Schema } from "../types/data-type.js";

/** An offset is JSON, opaque to the engine, compared by its text. */
export type Offset = null | string | number | boolean | readonly Offset[] | { readonly [key: string]: Offset };

/** Caps of one trigger; a source reads at least one record when there is any. */
export interface ReadLimit {
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly maxFiles: number | null;
  /** availableNow: never past this offset, which an earlier latestOffset gave. */
  readonly until?: Offset;
}

/** Everything there is: batch, `once`, and the target of `availableNow`. */
export const UNLIMITED: ReadLimit = {
  maxRows: Number.POSITIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
  maxFiles: null,
};

/** What latestOffset finds. `ended`: nothing will ever come after `offset`. */
export interface LatestOffset {
  readonly offset: Offset;
  /** The partitions that are behind their newest record at `offset`, or that delivered rows on the way: who may hold the watermark. */
  readonly behind: readonly string[];
  readonly ended: boolean;
}

/** What a source knows of itself beside its rows, for progress. Plain JSON; nothing in it changes later. */
export interface SourceReport {
  /** Where it would be if everything there is were read. */
  readonly latestOffset: Offset;
  readonly metrics: Readonly<Record<string, number>>;
  /** Records that wait, by partition. */
  readonly lagByPartition: Readonly<Record<string, number>>;
}

/**
 * Where rows come from. What an implementer must do:
 * - read(from, to) returns the same rows in the same order every time it is called with the same arguments, if `replayable`.
 * - Each chunk holds rows of one partition and names it (`chunk.partition`); partitions come in a fixed order.
 * - `latestOffset(from, limit)` never goes back; equal to `from` (as JSON text) means: nothing new.
 * - `changed(from, signal)` resolves when latestOffset may have moved past `from`, or the signal aborts. It does not poll.
 * - close() releases everything and makes a pending `changed` and `read` end.
 * - With storage, an offset that latestOffset has given can be read in a later process: what that needs is durable first.
 * What callers must do: one read at a time; commit(to) only after everything up to `to` is durable downstream.
 */
export interface Source {
  readonly schema: Schema;
  readonly replayable: boolean;
  /** What explain and progress print, e.g. `memory`, `parquet(flights.parquet)`. */
  readonly label: string;
  initialOffset(): Promise<Offset>;
  latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset>;
  read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk>;
  changed(from: Offset, signal: AbortSignal): Promise<void>;
  commit(to: Offset): Promise<void>;
  /** After a trigger up to `to`, from what is known without asking anybody; null: nothing is. */
  report?(to: Offset): SourceReport | null;
  close(): Promise<void>;
}

/**
 * What a session registers under a SourceDescription's id: a recipe, so that the same frame can run many times.
 * A one-shot input (a socket, an iterable) gives the same Source each time and refuses a second run (SOURCE_ONE_SHOT).
 */
export interface SourceFactory {
  /** `storage`: where the source may keep what replay needs; null for a query without a checkpoint. */
  open(storage?: SourceStorage | null): Source;
}

/** A directory of the checkpoint for one source, `sources/<name>`. It may not exist yet. */
export interface SourceStorage {
  readonly files: FileSystem;
  readonly directory: string;
  /** Sync what must survive a power cut. */
  readonly fsync: boolean;
  /** Unlike that of any other run of the query: part of the names of temporary files. */
  readonly run: string;
  /** To be asked before anything is written or removed: rejects with CONCURRENT_RUN when another run has taken over. */
  verify(): Promise<void>;
}
