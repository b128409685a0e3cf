import type { Json } from "../checkpoint/records.js";
import { CheckpointError } from "../common/millrace-error.js";
import type { StreamRequest } from "../plan/engine.js";
import { fingerprintOf, type PlanFingerprint } from "../plan/plan-fingerprint.js";
import { compareFingerprints, compareSinks, type SinkFingerprint } from "../plan/restart-rules.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";
import type { WatermarkKey } from "./query-position.js";

/** What offset records say about the query that wrote them: its plan, and where its rows go. Types, so that they count as JSON. */
export type SavedQuery = {
  readonly plan: PlanFingerprint;
  readonly sink: { readonly label: string; readonly guarantee: string };
};

export function savedQueryOf(plan: StreamingPlan, sink: SinkFingerprint): SavedQuery {
  return { plan: fingerprintOf(plan), sink: { label: sink.label, guarantee: sink.guarantee } };
}

/** What a query has in common with the one that it goes on from. */
export interface Continuation {
  /** Sources that go on where they stood; others begin at their beginning. */
  readonly sources: ReadonlySet<string>;
  /** Of the old query, by its watermarkIds: sources may have been reordered since. */
  readonly watermarks: readonly WatermarkKey[];
}

/**
 * Whether a query may go on where another one stopped (reliability.md 3).
 * @throws CheckpointError with the old value, the new one, and the ways out
 */
export function requireContinuable(
  saved: Json,
  query: SavedQuery,
  { request, warn }: { readonly request: StreamRequest; readonly warn: (message: string) => void },
): Continuation {
  const old = savedQueryIn(saved);
  const allow = { sourceMove: request.checkpoint?.allowSourceMove ?? false };
  const verdict = compareFingerprints(old.plan, query.plan, allow);
  const [error] = verdict.errors;
  if (error !== undefined) throw error;
  const sink = compareSinks(old.sink, query.sink, { reset: request.checkpoint?.resetSink ?? false });
  if (sink.error !== null) throw sink.error;
  for (const warning of [...verdict.warnings, ...(sink.warning === null ? [] : [sink.warning])]) warn(warning);
  const continuing = verdict.sourceMatches.filter(({ from }) => from === "continue").map(({ source }) => source);
  return { sources: new Set(continuing), watermarks: old.plan.watermarks };
}

/** Records are checksummed; what is checked here is that this engine wrote the same shape. */
function savedQueryIn(json: Json): SavedQuery {
  const saved = json as Partial<Record<keyof SavedQuery, Partial<PlanFingerprint & SinkFingerprint>>> | null;
  if (typeof saved?.plan?.version === "number" && typeof saved.sink?.label === "string") return json as SavedQuery;
  throw new CheckpointError("CHECKPOINT_CORRUPT", "An offset record does not say which query wrote it.", {
    hint: "The checkpoint was written by another program; keep it, and start with a new directory.",
  });
}
