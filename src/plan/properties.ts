import type { WindowShape } from "./analysed-node.js";
import type { BoundExpression, ColumnPath } from "./bound-expression.js";

/** What inference knows of one edge (incremental.md 5). */
export interface EdgeProperties {
  /** Change kinds that can cross. {I} alone = insert-only: weights are never below 0. */
  readonly kinds: ChangeKinds;
  /** Sets of output ordinals unique in the integrated relation. [] among them = at most one row. */
  readonly keys: readonly (readonly number[])[];
  readonly bounds: ReadonlyMap<ColumnPath, BoundExpression>;
  /** Reached by linear operators only from insert-only source edges: arrival order exists. */
  readonly hasArrivalOrder: boolean;
  /** Columns that hold a time window of a known shape: start and end determine each other. */
  readonly windows: ReadonlyMap<number, WindowShape>;
  /** Columns that, for one key, only ever rise or fall while the key is there (a count over an insert-only edge). */
  readonly trends: ReadonlyMap<number, "rising" | "falling">;
}
export interface ChangeKinds {
  readonly insert: true;
  readonly update: boolean;
  readonly delete: boolean;
}

export function isInsertOnly({ kinds }: EdgeProperties): boolean {
  return !kinds.update && !kinds.delete;
}
