import type { Json } from "../checkpoint/records.js";
import type { StreamRequest } from "../plan/engine.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";

/** What a later start is compared with. */
export function fingerprintToJson(plan: StreamingPlan, sink: string): Json {
  return { mode: plan.mode, sink };
}

export function requireContinuable(
  _old: Json,
  _now: Json,
  _request: StreamRequest,
  _warn: (message: string) => void,
): void {}
