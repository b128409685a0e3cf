import type { BoundExpression, ColumnPath } from "./bound-expression.js";

/** What inference knows of one edge (incremental.md 5). */
export interface EdgeProperties {
  /** Change kinds that can cross. {I} alone = insert-only: weights are never below 0. */
  readonly kinds: ChangeKinds;
  /** Sets of output ordinals unique in the integrated relation. [] among them = at most one row. */
  readonly keys: readonly (readonly number[])[];
  readonly bounds: ReadonlyMap<ColumnPath, BoundExpression>;
  /** Reached by linear operators only from one insert-only source edge: arrival order exists. */
  readonly hasArrivalOrder: boolean;
}
export interface ChangeKinds { readonly insert: true; readonly update: boolean; readonly delete: boolean }
