import type { AggregateName, CalendarWindow } from "../expressions/expression.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { DataType, Field, Schema } from "../types/data-type.js";
import type { BoundExpression, ColumnPath } from "./bound-expression.js";
import type { LatePolicy, OperatorName, SourceDescription } from "./plan-node.js";

/**
 * The analysed plan: columns by ordinal, types everywhere, windows and generators as nodes of their own. The planner
 * rewrites it (late filters, finality, optimiser); execution lowers every node to one physical operator.
 */
export type AnalysedNode =
  | AnalysedScan
  | AnalysedProject
  | AnalysedFilter
  | AnalysedExplode
  | AnalysedWindow
  | AnalysedWatermark
  | AnalysedLateFilter
  | AnalysedAggregate
  | AnalysedSessionAggregate
  | AnalysedDropDuplicates
  | AnalysedTopN
  | AnalysedLimit
  | AnalysedSort
  | AnalysedUnion;

interface AnalysedBase {
  readonly schema: Schema;
}

export interface AnalysedScan extends AnalysedBase {
  readonly kind: "scan";
  readonly source: SourceDescription;
  readonly sourceIndex: number;
}
export interface AnalysedProject extends AnalysedBase {
  readonly kind: "project";
  readonly input: AnalysedNode;
  readonly columns: readonly ResolvedExpression[];
}
export interface AnalysedFilter extends AnalysedBase {
  readonly kind: "filter";
  readonly input: AnalysedNode;
  readonly condition: ResolvedExpression;
}

/** Appends one column (the element) to the input's columns; one output row per element. */
export interface AnalysedExplode extends AnalysedBase {
  readonly kind: "explode";
  readonly input: AnalysedNode;
  readonly list: ResolvedExpression;
  readonly outer: boolean;
}

/** Appends one struct column (start, end: timestamp) to the input's columns; a row goes into every window that holds it, a NULL time into none. */
export interface AnalysedWindow extends AnalysedBase {
  readonly kind: "window";
  readonly input: AnalysedNode;
  readonly time: ResolvedExpression;
  readonly shape: WindowShape;
}
/** Half-open windows aligned to 1970 plus offset; microseconds. slide <= size; slide < size means several windows a row. */
export interface WindowShape {
  readonly size: bigint;
  readonly slide: bigint;
  readonly offset: bigint;
  readonly calendar: CalendarWindow | null;
}

/** Tracks max event time per partition of column `index`; changes no row (late 'source' and 'strict' add their own late filter above it). */
export interface AnalysedWatermark extends AnalysedBase {
  readonly kind: "watermark";
  readonly input: AnalysedNode;
  /** Dense ids in plan order; index into Watermarks. */
  readonly watermarkId: number;
  readonly index: number;
  readonly delay: bigint;
  readonly idleTimeout: bigint | null;
  readonly late: LatePolicy;
  /** The source whose rows it watches. */
  readonly sourceIndex: number;
}

/** Drops late rows, counts them, and hands them to lateRows. A row is late iff ANY test holds. */
export interface AnalysedLateFilter extends AnalysedBase {
  readonly kind: "lateFilter";
  readonly input: AnalysedNode;
  readonly tests: readonly LateTest[];
  /** The operator it protects, as explain and progress name it. */
  readonly operatorName: string;
}
/** Late iff value is not NULL and value < the OLD value of bound (in the value's own unit: microseconds, days or an integer). */
export interface LateTest {
  readonly value: ResolvedExpression;
  readonly bound: BoundExpression;
  readonly column: string;
}

/** Keys are expressions over the input; output = keys, then aggregates. */
export interface AnalysedAggregate extends AnalysedBase {
  readonly kind: "aggregate";
  readonly input: AnalysedNode;
  readonly operatorId: number;
  readonly operatorName: string;
  /** The user's name for it. */
  readonly name?: OperatorName;
  readonly keys: readonly ResolvedExpression[];
  readonly aggregates: readonly ResolvedAggregate[];
  /** Set by the planner: how groups end and what is sent. */
  readonly lifetime: Lifetime;
}
export interface ResolvedAggregate {
  readonly name: AggregateName;
  readonly args: readonly ResolvedExpression[];
  readonly where: ResolvedExpression | null;
  readonly functionId: string | null;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly outputName: string;
}

/** Sessions per keys; output = keys with the session struct at position `sessionPosition`, then aggregates. gap: microseconds, int64; NULL or <= 0 puts the row into no session. */
export interface AnalysedSessionAggregate extends AnalysedBase {
  readonly kind: "sessionAggregate";
  readonly input: AnalysedNode;
  readonly operatorId: number;
  readonly operatorName: string;
  /** The user's name for it. */
  readonly name?: OperatorName;
  readonly keys: readonly ResolvedExpression[];
  readonly sessionPosition: number;
  readonly time: ResolvedExpression;
  readonly gap: ResolvedExpression;
  readonly aggregates: readonly ResolvedAggregate[];
  readonly lifetime: Lifetime;
}

/** First row per key by arrival (insert-only input) or by all columns (retracting input). keys: ordinals. */
export interface AnalysedDropDuplicates extends AnalysedBase {
  readonly kind: "dropDuplicates";
  readonly input: AnalysedNode;
  readonly operatorId: number;
  readonly operatorName: string;
  /** The user's name for it. */
  readonly name?: OperatorName;
  readonly keys: readonly number[];
  readonly lifetime: Lifetime;
  /** True when the edge is insert-only and reached by linear operators only: arrival order exists. */
  readonly byArrival: boolean;
}

/** sort + limit: the first `count` rows (weights counted) by orders, then by all columns. */
export interface AnalysedTopN extends AnalysedBase {
  readonly kind: "topN";
  readonly input: AnalysedNode;
  readonly operatorId: number;
  readonly operatorName: string;
  /** The user's name for it. */
  readonly name?: OperatorName;
  readonly orders: readonly ResolvedOrder[];
  readonly count: number;
}
export interface ResolvedOrder {
  readonly expression: ResolvedExpression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** limit without order: by arrival where it exists, else by all columns. */
export interface AnalysedLimit extends AnalysedBase {
  readonly kind: "limit";
  readonly input: AnalysedNode;
  readonly operatorId: number;
  readonly operatorName: string;
  /** The user's name for it. */
  readonly name?: OperatorName;
  readonly count: number;
  readonly byArrival: boolean;
}

/** A property of the sink (complete, batch; append releases in this order): rows pass through unordered. Legal only at the top, below projections. */
export interface AnalysedSort extends AnalysedBase {
  readonly kind: "sort";
  readonly input: AnalysedNode;
  readonly orders: readonly ResolvedOrder[];
}

export interface AnalysedUnion extends AnalysedBase {
  readonly kind: "union";
  readonly inputs: readonly AnalysedNode[];
}

/**
 * How the state of one operator ends and what it sends:
 * - evictBy: output column paths with their bounds; state of a row is dropped once the path's value < the NEW bound. Empty = kept for ever.
 * - emission 'changes': every change as -old +new. 'upserts': only the new row of each changed group (kinds I,U, update mode, sink pairs by key).
 *   'finals': nothing until the row is final, then once (Finalize fused, append).
 * - retractingInput: the input may carry weights < 0.
 */
export interface Lifetime {
  readonly evictBy: readonly { readonly path: ColumnPath; readonly bound: BoundExpression }[];
  readonly emission: "changes" | "upserts" | "finals";
  readonly retractingInput: boolean;
}
export const KEEP_FOR_EVER: Lifetime = { evictBy: [], emission: "changes", retractingInput: true };

export type { Field };
