import type { Lifetime } from "../plan/analysed-node.js";
import type { BoundExpression, ColumnPath, Watermarks } from "../plan/bound-expression.js";
import { watermarksOf } from "../plan/same-bound.js";
import type { DataType, Schema } from "../types/data-type.js";
import { evaluateBound } from "./evaluate-bound.js";
import type { ExpiringOperator } from "./expiring-operator.js";
import { MICROS_PER_DAY } from "./operators/event-times.js";
import type { NextRelease } from "./pipeline.js";

/** An operator whose state ends by bounds, with the node it was made from. */
export interface ExpiringState {
  readonly operator: ExpiringOperator;
  readonly node: { readonly operatorName: string; readonly schema: Schema; readonly lifetime: Lifetime };
}

/** Among all state that waits for a bound, what has to wait least; null when none waits for an event time. */
export function nextRelease(states: readonly ExpiringState[], watermarks: Watermarks): NextRelease | null {
  const releases = states.map((state) => releaseOf(state, watermarks)).filter((release) => release !== null);
  if (releases.length === 0) return null;
  return releases.reduce((least, release) => (release.needs < least.needs ? release : least));
}

function releaseOf({ operator, node }: ExpiringState, watermarks: Watermarks): NextRelease | null {
  const expiry = operator.nextExpiry();
  if (expiry === null) return null;
  const { path, bound } = node.lifetime.evictBy[expiry.limit];
  const { name, type } = columnAt(node.schema, path);
  const micros = microsPerUnit(type);
  if (micros === null) return null;
  return {
    operatorName: node.operatorName,
    column: name,
    needs: expiry.value * micros,
    bound: evaluateBound(timeOf(bound), watermarks) * (bound.kind === "windowEnd" ? 1n : micros),
    watermarkIds: watermarksOf(bound),
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
