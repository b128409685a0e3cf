import type { Chunk } from "../columnar/chunk.js";
import type { OutputMode } from "./output-mode.js";
import type { PlanNode } from "./plan-node.js";
import type { QueryProgress } from "./query-progress.js";

/** When the next trigger runs. */
export type Trigger =
  | { readonly kind: "asSoonAsPossible" }
  | { readonly kind: "processingTime"; readonly intervalMs: number }
  | { readonly kind: "availableNow" }
  | { readonly kind: "once" };

/** A sink as the face hands it over: an opaque id in the session's registry. */
export interface SinkReference {
  readonly id: string;
}

/** What becomes of a row when a process dies: it arrives once, at least once, or at most once. */
export type Guarantee = "exactly-once" | "at-least-once" | "at-most-once";

/** What a query promises, and why it is not more. */
export interface QueryGuarantee {
  readonly level: Guarantee;
  readonly reason: string;
}

/** Where and how a query keeps what it needs to go on after a stop. */
export interface CheckpointRequest {
  readonly directory: string;
  readonly fsync: boolean;
  readonly retainBatches: number;
  /** At most so many deltas of an operator follow a snapshot of it. */
  readonly snapshotEvery: number;
  readonly standby: boolean;
  readonly forceUnlock: boolean;
  readonly allowSourceMove: boolean;
  readonly resetSink: boolean;
}

/** A failed query opens again from its checkpoint: `times` failures in a row at most, with a wait between. */
export interface RestartRequest {
  readonly times: number;
  readonly backoffMs: number;
}

export interface StreamRequest {
  readonly plan: PlanNode;
  readonly mode: OutputMode;
  readonly trigger: Trigger;
  readonly name: string | null;
  readonly sink: SinkReference;
  /** Gets rows that missed their operator, as append batches; null = only the in-memory frames of the handle. */
  readonly lateRows: SinkReference | null;
  readonly limits: {
    readonly maxRowsPerTrigger: number;
    readonly maxBytesPerTrigger: number;
    readonly maxFilesPerTrigger: number | null;
  };
  readonly signal: AbortSignal | null;
  /** Null: what the query knows ends with it. */
  readonly checkpoint: CheckpointRequest | null;
  /** What is asked for; more than source and sink can give is refused. Null: the strongest that they can. */
  readonly guarantee: Guarantee | null;
  readonly restart: RestartRequest | null;
  /** How long stop() waits for the batch in progress before it is given up. */
  readonly stopTimeoutMs: number;
  /** More state than this ends the query with an error. Null: no limit. */
  readonly maxStateBytes: number | null;
}

/** Runs plans: the local engine in `streaming`, later a remote one in `connect`. The face gets one handed in. */
export interface Engine {
  /** Runs a plan whose sources are all bounded as one trigger; the whole result, in order, as chunks of visible columns (sel null, weights null). */
  collect(plan: PlanNode, signal?: AbortSignal): Promise<readonly Chunk[]>;
  /** Refuses (StreamingRefusal) before anything is read; resolves when the query is registered and running. */
  start(request: StreamRequest): Promise<QueryHandle>;
  /** What would run: text of the analysed or the streaming plan. */
  explain(plan: PlanNode, kind: "batch" | "stream"): string;
  readonly queries: QueryRegistry;
}

export interface QueryStatus {
  readonly message: string;
  readonly isDataAvailable: boolean;
  readonly isTriggerActive: boolean;
}

/** A running (or ended) query. */
export interface QueryHandle {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  readonly isActive: boolean;
  readonly status: QueryStatus;
  readonly lastProgress: QueryProgress | null;
  /** The newest 100. */
  readonly recentProgress: readonly QueryProgress[];
  readonly exception: Error | null;
  /** What source, sink and checkpoint give together, and why it is not more. */
  readonly guarantee: QueryGuarantee;
  /** Resolves true when the query has ended by itself or by stop, false after timeoutMs; rejects with its error. */
  awaitTermination(timeoutMs?: number): Promise<boolean>;
  /** Resolves when everything available at the call has been processed. */
  processAllAvailable(): Promise<void>;
  /** Ends all sources for ever: bounds go to +infinity, finals come out, the query ends. */
  drain(): Promise<void>;
  stop(): Promise<void>;
  explain(): string;
  /** Rows that came too late, newest 10,000 kept: chunks whose schema is the operator's input plus _operator, _bound, _lateness. */
  lateRows(operator?: string): readonly LateRowsOfOperator[];
}
export interface LateRowsOfOperator {
  readonly operator: string;
  readonly total: number;
  readonly chunks: readonly Chunk[];
}

export interface QueryListener {
  onQueryStarted?(event: { id: string; runId: string; name: string | null }): void;
  onQueryProgress?(progress: QueryProgress): void;
  onQueryIdle?(event: { id: string; runId: string; timestamp: string }): void;
  onQueryTerminated?(event: { id: string; runId: string; exception: Error | null }): void;
}

/** session.streams */
export interface QueryRegistry {
  readonly active: readonly QueryHandle[];
  get(id: string): QueryHandle | null;
  awaitAnyTermination(timeoutMs?: number): Promise<boolean>;
  resetTerminated(): void;
  addListener(listener: QueryListener): void;
  removeListener(listener: QueryListener): void;
  listListeners(): readonly QueryListener[];
  stopAll(): Promise<void>;
}
