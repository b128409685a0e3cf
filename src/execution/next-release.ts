import type { Lifetime } from "../plan/analysed-node.js";
import type { BoundExpression, ColumnPath, Watermarks } from "../plan/bound-expression.js";
import { watermarksOf } from "../plan/same-bound.js";
import type { DataType, Schema } from "../types/data-type.js";
import { evaluateBound } from "./evaluate-bound.js";
import type { ExpiringOperator } from "./expiring-operator.js";
import { MICROS_PER_DAY } from "./operators/event-times.js";
import type { NextRelease } from "./pipeline.js";

/** An operator whose state ends by bounds, and what it waits for, in the order of its `lifetime.evictBy`. */
export interface ExpiringState {
  readonly operator: ExpiringOperator;
  readonly operatorName: string;
  readonly waits: readonly Wait[];
}

interface Wait {
  readonly column: string;
  /** Of the column's unit; null: the column is no time. */
  readonly micros: bigint | null;
  readonly bound: BoundExpression;
  /** Of the bound's unit. */
  readonly boundMicros: bigint;
  readonly watermarkIds: readonly number[];
}

export function expiringState(
  operator: ExpiringOperator,
  node: { readonly operatorName: string; readonly schema: Schema; readonly lifetime: Lifetime },
): ExpiringState {
  const waits = node.lifetime.evictBy.map(({ path, bound }): Wait => {
    const { name, type } = columnAt(node.schema, path);
    const micros = microsPerUnit(type);
    const boundMicros = bound.kind === "windowEnd" ? 1n : (micros ?? 1n);
    return { column: name, micros, bound: timeOf(bound), boundMicros, watermarkIds: watermarksOf(bound) };
  });
  return { operator, operatorName: node.operatorName, waits };
}

/** Among all state that waits for a bound, what has to wait least; null when none waits for an event time. */
export function nextRelease(states: readonly ExpiringState[], watermarks: Watermarks): NextRelease | null {
  let least: NextRelease | null = null;
  for (const state of states) {
    const release = releaseOf(state, watermarks);
    if (release !== null && (least === null || release.needs < least.needs)) least = release;
  }
  return least;
}

function releaseOf({ operator, operatorName, waits }: ExpiringState, watermarks: Watermarks): NextRelease | null {
  const expiry = operator.nextExpiry();
  if (expiry === null) return null;
  const { column, micros, bound, boundMicros, watermarkIds } = waits[expiry.limit];
  if (micros === null) return null;
  return {
    operatorName,
    column,
    needs: expiry.value * micros,
    bound: evaluateBound(bound, watermarks) * boundMicros,
    watermarkIds,
  };
}

/** A window waits for its end, which the bound below it has to reach. */
function timeOf(bound: BoundExpression): BoundExpression {
  return bound.kind === "windowEnd" ? bound.input : bound;
}

/** null: no time. */
function microsPerUnit({ kind }: DataType): bigint | null {
  if (kind === "timestamp") return 1n;
  return kind === "date" ? MICROS_PER_DAY : null;
}

function columnAt({ fields }: Schema, path: ColumnPath): { name: string; type: DataType } {
  const [column, member] = path.split(".").map(Number);
  const field = fields[column];
  if (member === undefined) return field;
  if (field.type.kind !== "struct") throw new Error(`Broken invariant: path ${path} leads into a ${field.type.kind}`);
  return { name: `${field.name}.${field.type.fields[member].name}`, type: field.type.fields[member].type };
}
