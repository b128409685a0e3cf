import type { StreamingPlan } from "../plan/streaming-plan.js";

/** What the records of a checkpoint call the sources, in plan order: the user's name for one, else its place. */
export function sourceNamesOf({ sources }: StreamingPlan): readonly string[] {
  return sources.map((_, index) => String(index));
}
