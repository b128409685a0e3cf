import type { CheckpointError } from "../common/millrace-error.js";
import { formatMicros } from "../expressions/format-micros.js";
import type { PlanFingerprint, WatermarkFingerprint } from "./plan-fingerprint.js";
import { cannotContinue } from "./restart-error.js";

interface WatermarkVerdict {
  readonly errors: readonly CheckpointError[];
  readonly warnings: readonly string[];
}

/** Watermarks of sources that have come or gone come and go with them. */
export function compareWatermarks(old: PlanFingerprint, current: PlanFingerprint): WatermarkVerdict {
  const kept = new Set(old.sources.map(({ id }) => id).filter((id) => current.sources.some((now) => now.id === id)));
  const ofKept = ({ watermarks }: PlanFingerprint) => watermarks.filter(({ source }) => kept.has(source));
  const [before, after] = [ofKept(old), ofKept(current)];
  const warnings = after.flatMap((now) =>
    delayWarnings(
      before.find((then) => isSame(then, now)),
      now,
    ),
  );
  return { errors: [...kept].flatMap((source) => setErrors(source, { before, after })), warnings };
}

function isSame(a: WatermarkFingerprint, b: WatermarkFingerprint): boolean {
  return a.source === b.source && a.column === b.column;
}

function setErrors(
  source: string,
  { before, after }: Record<"before" | "after", readonly WatermarkFingerprint[]>,
): readonly CheckpointError[] {
  const [old, current] = [before, after].map((watermarks) => columnsOf(watermarks, source));
  if (old === current) return [];
  return [cannotContinue("STATE_INCOMPATIBLE", { what: `withWatermark of source "${source}"`, old, new: current })];
}

function columnsOf(watermarks: readonly WatermarkFingerprint[], source: string): string {
  const columns = watermarks.flatMap((each) => (each.source === source ? [each.column] : []));
  return columns.length === 0 ? "not there" : `on ${columns.join(", ")}`;
}

/** A longer delay only waits longer. A shorter one would have called rows late that are in the state already. */
function delayWarnings(before: WatermarkFingerprint | undefined, now: WatermarkFingerprint): readonly string[] {
  if (before === undefined || BigInt(now.delay) >= BigInt(before.delay)) return [];
  const [was, is] = [before, now].map(({ delay }) => formatMicros(BigInt(delay)));
  const what = `The delay of withWatermark("${now.column}") on source "${now.source}" was ${was} and is ${is}`;
  return [`${what}: more rows are late from here on; the watermark itself never moves back.`];
}
