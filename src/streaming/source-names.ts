import { sourceName } from "../plan/state-name.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";

/** What the records of a checkpoint call the sources, in plan order. */
export function sourceNamesOf({ sources }: StreamingPlan): readonly string[] {
  return sources.map(sourceName);
}
