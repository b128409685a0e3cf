import type { CommitPermit } from "../checkpoint/commit-permit.js";
import type { Json } from "../checkpoint/records.js";
import type { Chunk } from "../columnar/chunk.js";
import type { Schema } from "../types/data-type.js";

export type SinkMode = "append" | "update" | "complete" | "changelog";

/**
 * What one trigger sends to one sink. Rows have the visible schema, compacted (sel null).
 * - append: new final rows. complete: the whole result, in order; it replaces the content.
 * - update: upserts; where `op` is not null, op[i] = 1 marks a delete of the row's key (non-key columns NULL).
 * - changelog: weights in `chunk.weights` (never null then), deletes before inserts.
 */
export interface SinkBatch {
  readonly chunk: Chunk;
  readonly op: Uint8Array | null;
}

/** What a batch took of one source: everything behind `from`, up to `to`, as the source writes offsets. */
export interface BatchRange {
  /** The source's name, else its number in the plan. */
  readonly source: string;
  readonly from: Json;
  readonly to: Json;
}

export interface SinkShape {
  readonly mode: SinkMode;
  readonly schema: Schema;
  /** Ordinals of the visible key, when the plan has one that is wholly visible. */
  readonly key: readonly number[] | null;
  /** No row that is sent is ever replaced or taken back. */
  readonly insertOnly: boolean;
  /** Rows carry `_op`: the plan can delete (update mode only). */
  readonly deletes: boolean;
}

/**
 * Where results go. Order per trigger: begin, write*, prepare, commit | abort.
 * What an implementer must do: nothing is visible before commit, or `idempotent` is false and the sink says so;
 * a batch committed twice (same batch number) counts once when `idempotent`; abort leaves no trace, and aborting an attempt
 * that the sink has never heard of, or that another process began, is fine.
 * `committed`: the newest batch of this query (the one `open` named) that the sink has, with the attempt whose rows they are.
 * `prepare`: everything that can fail has been tried, and the rows are where a power cut does not take them if `durable`.
 * The token says, to people, where they are.
 * What callers must do: open first; batches in ascending order; one attempt at a time; a commit with the permit of the
 * attempt that was prepared. Recovery may hand an attempt in a second time, from its stored rows, under its old number.
 */
export interface Sink {
  readonly label: string;
  readonly modes: readonly SinkMode[];
  /** Can carry out deletes in update mode. */
  readonly deletes: boolean;
  readonly idempotent: boolean;
  /** `committed` answers truly in a later process, too: the sink keeps the batch number with the rows. */
  readonly durable: boolean;
  open(query: string, sink: string, shape: SinkShape): Promise<void>;
  committed(): Promise<{ readonly batch: number; readonly attempt: number } | null>;
  /** `ranges`: by source, in plan order. */
  begin(batch: number, attempt: number, ranges: readonly BatchRange[]): Promise<void>;
  write(batch: SinkBatch): Promise<void>;
  prepare(): Promise<string>;
  commit(permit: CommitPermit): Promise<void>;
  abort(attempt: number): Promise<void>;
  /** The query stops: a call that waits for somebody outside must wait no longer. */
  interrupt?(): void;
  close(): Promise<void>;
}
