/** JSON as the logs hold it. Integers beyond 2^53 are text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What one batch takes of one source. Offsets are opaque. */
export interface SourceRange {
  /** The source's name, else its ordinal in the plan as text. */
  readonly source: string;
  readonly from: Json;
  readonly to: Json;
  readonly behind: readonly string[];
  readonly ended: boolean;
}

/** `offsets/N`: the batch is defined by it. A run of the same record is the same function of the same input. */
export interface OffsetRecord {
  readonly batch: number;
  /** When the offsets were chosen: what now() gives, milliseconds since 1970. Never below that of the batch before. */
  readonly batchTimeMs: number;
  readonly sources: readonly SourceRange[];
  /** By watermarkId: counted as idle when the offsets were chosen. */
  readonly idle: readonly boolean[];
  /** Every bound goes to +infinity at the end of the batch. */
  readonly drain: boolean;
  /** What the plan was: compared field by field when the query starts again. */
  readonly fingerprint: Json;
}

/** A file that a record refers to, by its path within the checkpoint, with what proves that it is whole. */
export interface FileEntry {
  readonly path: string;
  readonly bytes: number;
  /** Eight lower-case hexadecimal digits. */
  readonly crc32: string;
}

/** A state file: the changes of all operators in one batch; an operator's part of it is a delta, or a snapshot that needs no earlier file. */
export interface StateFileEntry extends FileEntry {
  readonly batch: number;
}

/** `prepared/N-attempt`: state and staged output of the attempt are durable. */
export interface PreparedRecord {
  readonly batch: number;
  readonly attempt: number;
  /** In the order of the query's sinks. `output`: its rows, kept where there are several sinks, so that recovery can complete the attempt. */
  readonly sinks: readonly { readonly sink: string; readonly token: string; readonly output: FileEntry | null }[];
  /** Every file that the state after this batch is read from, oldest first. */
  readonly state: readonly StateFileEntry[];
  /** Watermarks, counters, sequences after this batch: the engine's own, opaque here. */
  readonly next: Json;
}

/** `commits/N`: the batch is done. The only truth. */
export interface CommitRecord {
  readonly batch: number;
  /** The attempt whose state and output count. */
  readonly attempt: number;
  readonly sinks: readonly string[];
  readonly state: readonly StateFileEntry[];
  readonly next: Json;
  /** The query has been drained: a later start on new data is refused. */
  readonly drained: boolean;
}

/** `metadata`: published once. */
export interface CheckpointMetadata {
  readonly queryId: string;
  readonly createdMs: number;
  readonly engineVersion: string;
}
