import type { Expression } from "./expression.js";

/** Freezes one node; its inputs were frozen when they were made. Bytes of a literal cannot be frozen: they are a copy. */
export function freezeExpression<E extends Expression>(expression: E): E {
  for (const part of Object.values(expression)) if (Array.isArray(part)) Object.freeze(part);
  return Object.freeze(expression);
}
