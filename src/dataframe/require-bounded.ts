import { StreamingRefusal } from "../common/millrace-error.js";
import type { PlanNode } from "../plan/plan-node.js";
import { planSources } from "./plan-sources.js";

/** Refuses to wait for the end of a stream that has none. */
export function requireBounded(plan: PlanNode, verb: string): void {
  const endless = planSources(plan).find((source) => !source.bounded);
  if (endless === undefined) return;
  throw new StreamingRefusal("STREAMING_FRAME", `${verb}() would never end: the source ${endless.label} is a stream.`, {
    hint: "Start it with .writeStream (to the console, or to memory and query that), or read the source with session.read.",
  });
}
