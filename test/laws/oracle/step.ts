import type { TimeWindowCall } from "../../../src/expressions/expression.js";
import type { LatePolicy } from "../../../src/plan/plan-node.js";
import type { Field } from "../../../src/types/data-type.js";
import type { CompiledAggregate } from "./aggregates.js";
import type { Bound, Bounds } from "./bounds.js";
import type { Compiled } from "./expressions.js";

export interface Base {
  readonly fields: readonly Field[];
  readonly bounds: Bounds;
  /** Arrival order exists: only linear operators stand between here and insert-only sources. */
  readonly ordered: boolean;
  /** In append mode no row that has come here is ever taken back. */
  readonly settled: boolean;
  /** Sets of columns, by name, that no two rows share. */
  readonly unique: readonly (readonly string[])[];
  readonly inputs: readonly Step[];
  parent: Step | null;
}
export interface ScanStep extends Base {
  readonly kind: "scan";
  readonly source: number;
}
export interface MapStep extends Base {
  readonly kind: "map";
  readonly window: WindowSlot | null;
  readonly explode: { readonly list: Compiled; readonly outer: boolean } | null;
  readonly columns: readonly Compiled[];
}
export interface FilterStep extends Base {
  readonly kind: "filter";
  readonly condition: Compiled;
}
export interface WatermarkStep extends Base {
  readonly kind: "watermark";
  readonly id: number;
  readonly time: number;
  readonly delay: bigint;
  readonly late: LatePolicy;
}
export interface UnionStep extends Base {
  readonly kind: "union";
}
export interface TopStep extends Base {
  readonly kind: "top";
  readonly orders: readonly { readonly value: Compiled; readonly descending: boolean; readonly nullsFirst: boolean }[];
  readonly count: number;
  /** The first rows that came, not the least. */
  readonly byArrival: boolean;
  readonly ordinal: number;
}
/** Operators whose rows end: a row is late, or final, by one of `tests`. */
interface Keyed extends Base {
  readonly tests: readonly Test[];
  readonly ends: readonly Test[];
  readonly ordinal: number;
  readonly window: WindowSlot | null;
}
export interface GroupStep extends Keyed {
  readonly kind: "group";
  readonly keys: readonly Compiled[];
  readonly aggregates: readonly CompiledAggregate[];
  readonly session: { readonly at: number; readonly time: Compiled; readonly gap: Compiled } | null;
}
export interface DistinctStep extends Keyed {
  readonly kind: "distinct";
  readonly keys: readonly Compiled[];
  /** Nothing ever takes the place of a row that is kept. */
  readonly keeps: boolean;
}
export type KeyedStep = GroupStep | DistinctStep;
export type Step = ScanStep | MapStep | FilterStep | WatermarkStep | UnionStep | TopStep | KeyedStep;

/** A value that is compared with a bound. `tests` read the operator's input rows, `ends` its output rows. */
export interface Test {
  readonly value: Compiled;
  readonly member: string | null;
  readonly bound: Bound;
}
/** A window call: the column it makes stands right behind the columns of the input. */
export interface WindowSlot {
  readonly call: TimeWindowCall;
  readonly time: Compiled;
}
