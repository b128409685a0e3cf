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

/** Only `checkpoint` (and, without one, the trigger loop) makes one: the right to commit attempt `attempt` of batch `batch`. */
export interface CommitPermit {
  readonly batch: number;
  readonly attempt: number;
  readonly permit: symbol;
}

/**
 * Where results go. Order per trigger: begin, write*, prepare, commit | abort.
 * What an implementer must do: nothing is visible before commit, or `idempotent` is false and the sink says so;
 * a batch committed twice (same batch number) counts once when `idempotent`; abort leaves no trace.
 */
export interface Sink {
  readonly label: string;
  readonly modes: readonly SinkMode[];
  /** Can carry out deletes in update mode. */
  readonly deletes: boolean;
  readonly idempotent: boolean;
  open(query: string, sink: string, shape: SinkShape): Promise<void>;
  committed(): Promise<{ readonly batch: number; readonly attempt: number } | null>;
  begin(batch: number, attempt: number): Promise<void>;
  write(batch: SinkBatch): Promise<void>;
  prepare(): Promise<string>;
  commit(permit: CommitPermit): Promise<void>;
  abort(attempt: number): Promise<void>;
  /** The query stops: a call that waits for somebody outside must wait no longer. */
  interrupt?(): void;
  close(): Promise<void>;
}
