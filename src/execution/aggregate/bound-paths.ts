import type { Column } from "../../columnar/column.js";
import type { ColumnPath } from "../../plan/bound-expression.js";
import { halvesOf } from "../../state/number-words.js";

/** Ordinals of a path: the column, then the member of a struct column (-1 = the column itself). */
export interface PathSteps {
  readonly column: number;
  readonly member: number;
}

export function pathSteps(path: ColumnPath): PathSteps {
  const [column, member] = path.split(".");
  return { column: Number(column), member: member === undefined ? -1 : Number(member) };
}

/** A column that bounds can be tested on, with the NULLs of the structs around it. */
export interface BoundedColumn {
  /** int64 and timestamp: int32 pairs, low half first. int32 and date: one int32 each. null = every row is NULL. */
  readonly words: Int32Array | null;
  readonly isWide: boolean;
  readonly validities: readonly Uint8Array[];
}

export function boundedColumn(columns: readonly Column[], steps: PathSteps): BoundedColumn {
  const outer = columns[steps.column];
  const validities = outer.validity === null ? [] : [outer.validity];
  if (steps.member < 0) return asBounded(outer, validities);
  if (outer.layout === "null") return asBounded(outer, []);
  if (outer.layout !== "struct")
    throw new Error(`Broken invariant: path ${steps.column}.${steps.member} into layout ${outer.layout}`);
  const member = outer.children[steps.member];
  return asBounded(member, member.validity === null ? validities : [...validities, member.validity]);
}

function asBounded(column: Column, validities: readonly Uint8Array[]): BoundedColumn {
  if (column.layout === "null") return { words: null, isWide: false, validities };
  if (column.layout === "int64") return { words: halvesOf(column), isWide: true, validities };
  if (column.layout === "int32") return { words: column.values, isWide: false, validities };
  throw new Error(`Broken invariant: a bound on layout ${column.layout}`);
}
