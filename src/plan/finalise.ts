import type { AnalysedNode } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import { evictionOf, isEnding, withLifetime } from "./lifetimes.js";
import { inputsOf, mapInputs } from "./map-inputs.js";
import { isInsertOnly } from "./properties.js";

/** A plan with its rows held back until they are final, and the lowest operator for which that cannot be done. */
export interface Finalised {
  readonly node: AnalysedNode;
  /** null: every row that leaves the plan is final. */
  readonly failure: AnalysedNode | null;
}

/**
 * Append mode (incremental.md 5.5): each retracting edge becomes insert-only at the lowest operator that has a bounded
 * output column; everything above it sees final rows only. Where an operator cannot, one above it may.
 */
export function finalise(node: AnalysedNode): Finalised {
  if (isInsertOnly(inferProperties(node))) return { node, failure: null };
  const kids = new Map(inputsOf(node).map((input) => [input, finalise(input)]));
  const held = mapInputs(node, (input) => kids.get(input)?.node ?? input);
  if (isInsertOnly(inferProperties(held))) return { node: held, failure: null };
  if (isEnding(held) && evictionOf(held).length > 0) return { node: withLifetime(held, "finals"), failure: null };
  const below = [...kids.values()].find(({ failure }) => failure !== null);
  return { node: held, failure: below?.failure ?? held };
}
