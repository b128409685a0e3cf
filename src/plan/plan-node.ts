import type { Expression } from "../expressions/expression.js";
import type { Schema } from "../types/data-type.js";

/**
 * The logical plan as the user wrote it: frozen plain data, columns by name. `analyse` resolves it.
 * Sources and user functions sit behind ids of the session's registry, so that the plan has a JSON form.
 */
export type PlanNode =
  | ScanNode
  | ProjectNode
  | FilterNode
  | WatermarkNode
  | AggregateNode
  | DropDuplicatesNode
  | SortNode
  | LimitNode
  | UnionNode;

/** Rows of a registered source. */
export interface ScanNode {
  readonly kind: "scan";
  readonly source: SourceDescription;
}

/** What the planner knows of a source, without holding it. */
export interface SourceDescription {
  /** Id in the session's source registry. */
  readonly id: string;
  /** What a checkpoint knows it by; unnamed: its number in the plan. */
  readonly name?: string;
  /** What `explain` prints: "memory", "parquet(flights.parquet)". */
  readonly label: string;
  /** What must not change between restarts, null: nothing; without it what the label has in parentheses. */
  readonly place?: string | null;
  readonly schema: Schema;
  /** Ends by itself: may run as a batch. */
  readonly bounded: boolean;
  /** Never delivers a weight below 0. */
  readonly insertOnly: boolean;
  /** Read as a stream (readStream); false for read and createDataFrame. */
  readonly streaming: boolean;
  /** What one trigger takes of it at most, where its reader says so; else the query's limits. */
  readonly limits?: ReadLimits;
}

export interface ReadLimits {
  readonly maxRowsPerTrigger: number | null;
  readonly maxBytesPerTrigger: number | null;
}

/** select, withColumn(s), withColumnRenamed, drop: the output columns in order. May hold explode, window and star. */
export interface ProjectNode {
  readonly kind: "project";
  readonly input: PlanNode;
  readonly columns: readonly Expression[];
}

export interface FilterNode {
  readonly kind: "filter";
  readonly input: PlanNode;
  readonly condition: Expression;
}

/** withWatermark: a barrier. delay and idleTimeout are microseconds. */
export interface WatermarkNode {
  readonly kind: "watermark";
  readonly input: PlanNode;
  readonly column: string;
  readonly delay: bigint;
  readonly idleTimeout: bigint | null;
  readonly late: LatePolicy;
}
/** Which rows are late (incremental.md 7). 'operator' is the default. */
export type LatePolicy = "operator" | "source" | "strict" | "never";

/** What a checkpoint knows an operator's state by; unnamed: its number in the plan. */
export type OperatorName = string;

/** groupBy(keys).agg(aggregates). Keys may hold one window or sessionWindow. Output: keys, then aggregates. */
export interface AggregateNode {
  readonly kind: "aggregate";
  readonly input: PlanNode;
  readonly keys: readonly Expression[];
  readonly aggregates: readonly Expression[];
  readonly name?: OperatorName;
}

/** columns null = all (distinct). */
export interface DropDuplicatesNode {
  readonly kind: "dropDuplicates";
  readonly input: PlanNode;
  readonly columns: readonly string[] | null;
  readonly name?: OperatorName;
}

export interface SortNode {
  readonly kind: "sort";
  readonly input: PlanNode;
  readonly orders: readonly SortOrder[];
}
export interface SortOrder {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface LimitNode {
  readonly kind: "limit";
  readonly input: PlanNode;
  readonly count: number;
  readonly name?: OperatorName;
}

/** By position; names of the first input; types must agree after widening. */
export interface UnionNode {
  readonly kind: "union";
  readonly inputs: readonly PlanNode[];
}
