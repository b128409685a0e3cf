import type { Operator } from "./operator.js";

/** The least bounded value that some state waits for, and which of the operator's `lifetime.evictBy` it belongs to. */
export interface Expiry {
  readonly limit: number;
  /** In the column's own unit; the state ends when the bound of that limit is above it. */
  readonly value: bigint;
}

/** An operator whose state ends by bounds, and that can tell what ends next: for `heldBackBy`. */
export interface ExpiringOperator extends Operator {
  /** null: no live state waits for a bound. */
  nextExpiry(): Expiry | null;
}

export function isExpiring(operator: Operator): operator is ExpiringOperator {
  return "nextExpiry" in operator;
}
