/** One trigger, with Spark's field names (features.md 1.12) plus what explains silence. Plain JSON. */
export interface QueryProgress {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  /** ISO 8601, start of the trigger. */
  readonly timestamp: string;
  readonly batchId: number;
  readonly batchDuration: number;
  readonly durationMs: Readonly<
    Record<"triggerExecution" | "latestOffset" | "walCommit" | "addBatch" | "commitOffsets", number>
  >;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
  /** ISO 8601 instants; absent before the first row with an event time. watermark per query = the least of the sources'. */
  readonly eventTime: {
    readonly min?: string;
    readonly max?: string;
    readonly avg?: string;
    readonly watermark?: string;
  };
  readonly stateOperators: readonly StateOperatorProgress[];
  readonly sources: readonly SourceProgress[];
  readonly sink: { readonly description: string; readonly numOutputRows: number };
  /** Rows dropped as late in this trigger, all operators. */
  readonly numLateRows: number;
  /** Why the next final row has not come out; null when nothing is held back. */
  readonly heldBackBy: HeldBackBy | null;
}

export interface StateOperatorProgress {
  readonly operatorName: string;
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  readonly numRowsDroppedByWatermark: number;
  readonly memoryUsedBytes: number;
}

export interface SourceProgress {
  readonly description: string;
  readonly startOffset: unknown;
  readonly endOffset: unknown;
  /** The newest offset of the source; of one that does not tell, where the trigger ended. */
  readonly latestOffset: unknown;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
  /** What the source counts itself: how far it is behind (Spark's names), what was lost or left out. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Records that wait, by partition. */
  readonly lagByPartition?: Readonly<Record<string, number>>;
}

/** "operator waits until `column` passes `needs`; its bound is `bound`; `source` holds it there". Instants as ISO 8601. */
export interface HeldBackBy {
  readonly operator: string;
  readonly column: string;
  readonly bound: string | null;
  readonly needs: string;
  readonly source: string;
  /** The partition that holds the watermark, where the source has several. */
  readonly partition?: string;
}
