import { CheckpointError } from "../common/millrace-error.js";
import { compareOperators } from "./compare-operators.js";
import { compareSources, type SourceMatch } from "./compare-sources.js";
import { compareWatermarks } from "./compare-watermarks.js";
import { FINGERPRINT_VERSION, type PlanFingerprint } from "./plan-fingerprint.js";
import { cannotContinue } from "./restart-error.js";

/** Changes that a user has allowed by word. */
export interface AllowedChanges {
  /** A source may stand elsewhere: it begins at its initial offset. */
  readonly sourceMove: boolean;
}

export interface RestartVerdict {
  /** Empty: the new plan may go on from the old one's state. */
  readonly errors: readonly CheckpointError[];
  /** What is allowed, but worth a word. */
  readonly warnings: readonly string[];
  /** By source of the new plan, in its order. */
  readonly sourceMatches: readonly SourceMatch[];
}

/**
 * Whether a plan may go on where another one stopped (reliability.md 3). Pure. What is in no fingerprint may change:
 * filters, projections, functions, triggers, limits.
 */
export function compareFingerprints(
  old: PlanFingerprint,
  current: PlanFingerprint,
  allow: AllowedChanges,
): RestartVerdict {
  if (old.version > FINGERPRINT_VERSION) return { errors: [tooNew(old.version)], warnings: [], sourceMatches: [] };
  const sources = compareSources(old, current, allow);
  const watermarks = compareWatermarks(old, current);
  return {
    errors: [...modeErrors(old, current), ...sources.errors, ...compareOperators(old, current), ...watermarks.errors],
    warnings: [...sources.warnings, ...watermarks.warnings],
    sourceMatches: sources.matches,
  };
}

function tooNew(version: number): CheckpointError {
  return new CheckpointError(
    "CHECKPOINT_VERSION_TOO_NEW",
    `The checkpoint was written in version ${version} of its format; this engine reads up to ${FINGERPRINT_VERSION}.`,
    { hint: "Run the newer engine again, or start with a new checkpoint directory and start offsets." },
  );
}

function modeErrors(old: PlanFingerprint, current: PlanFingerprint): readonly CheckpointError[] {
  if (old.mode === current.mode) return [];
  return [cannotContinue("OUTPUT_MODE_CHANGED", { what: "The output mode", old: old.mode, new: current.mode })];
}

/** Who gets the rows, and what was promised for them. */
export interface SinkFingerprint {
  /** Kind and target: "parquet(totals/)". */
  readonly label: string;
  readonly guarantee: string;
}

/** @returns null when the sink may go on; with `reset` it may be another one, which begins with nothing. */
export function compareSinks(
  old: SinkFingerprint,
  current: SinkFingerprint,
  allow: { readonly reset: boolean },
): { readonly error: CheckpointError | null; readonly warning: string | null } {
  const [before, after] = [old, current].map(({ label, guarantee }) => `${label}, ${guarantee}`);
  if (before === after) return { error: null, warning: null };
  if (!allow.reset) {
    const change = { what: "The sink", old: before, new: after };
    return {
      error: cannotContinue(
        "SINK_CHANGED",
        change,
        "use checkpoint(directory, { resetSink: true }) to begin a new sink",
      ),
      warning: null,
    };
  }
  const warning = `The sink was ${before} and is ${after}: it begins anew, and rows of an unfinished batch can come twice.`;
  return { error: null, warning };
}
