import type { CommitRecord, OffsetRecord, PreparedRecord } from "./records.js";

/** A log entry as it was found. 'corrupt': there, but length, checksum or content is wrong. */
export type Found<R> =
  | { readonly kind: "missing" }
  | { readonly kind: "corrupt"; readonly path: string; readonly reason: string }
  | { readonly kind: "valid"; readonly record: R };

/** What a sink says it has committed last; null: nothing of this query. */
export interface SinkFact {
  readonly sink: string;
  readonly committed: { readonly batch: number; readonly attempt: number } | null;
  /** The sink's answer survives a restart; others are asked but not believed: they know nothing in a new process. */
  readonly durable: boolean;
}

/** Everything that is known when recovery decides; already read. */
export interface RecoveryFacts {
  readonly metadata: "missing" | "valid" | "corrupt";
  /** Batch numbers with an entry, whatever it is worth, ascending. */
  readonly offsetBatches: readonly number[];
  readonly commitBatches: readonly number[];
  /** The entry of the highest offset batch, and of the commit with that number and the one before it. */
  readonly newestOffsets: Found<OffsetRecord>;
  readonly commitOfNewest: Found<CommitRecord>;
  readonly lastCommit: Found<CommitRecord>;
  /** Of the highest offset batch. */
  readonly prepared: readonly Found<PreparedRecord>[];
  readonly sinks: readonly SinkFact[];
}

/** What to do (reliability.md 2, the recovery table). */
export type RecoveryDecision =
  /** Nothing was ever logged. */
  | { readonly kind: "fresh" }
  /** Batch `after` is committed and nothing is open. */
  | { readonly kind: "resume"; readonly after: CommitRecord }
  /** The batch is defined but not done: run it again with the logged ranges; first every sink aborts these attempts. */
  | {
      readonly kind: "rerun";
      readonly offsets: OffsetRecord;
      readonly after: CommitRecord | null;
      readonly abort: readonly number[];
    }
  /** Some sinks have this attempt: the others get its stored output, then the batch is committed. No sink missing: adopt it as it is. */
  | {
      readonly kind: "adopt";
      readonly offsets: OffsetRecord;
      readonly prepared: PreparedRecord;
      readonly missing: readonly string[];
    }
  /** The newest offsets are torn and nothing can have come of them: forget the entry, warn, plan the batch again. */
  | { readonly kind: "discard"; readonly batch: number; readonly after: CommitRecord | null; readonly reason: string }
  /** Nothing may be repaired automatically. */
  | { readonly kind: "refuse"; readonly code: string; readonly what: string; readonly file: string | null };
