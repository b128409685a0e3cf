import { MillraceError, OptionError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import type { CheckpointRequest, Guarantee, RestartRequest } from "../plan/engine.js";
import { fixedMicros, type IntervalInput, parseInterval } from "../types/interval.js";

/** How a checkpoint directory is kept. */
export interface CheckpointOptions {
  /** False trusts the operating system to write files in the end: a power cut may then lose the newest batches. Default true. */
  readonly fsync?: boolean;
  /** Batches that can still be read after they are done. Default 100. */
  readonly retainBatches?: number;
  /** An operator's state is written whole after so many triggers that wrote its changes, at the latest. Default 40: a restart reads no more. */
  readonly snapshotEvery?: number;
  /** Waits while another process owns the directory, and takes over when that one is gone. */
  readonly standby?: boolean;
  /** Takes the directory from an owner that looks alive. Only when you know that it is not. */
  readonly forceUnlock?: boolean;
  /** The sources may now stand elsewhere (another path or topic): they begin at the start offsets that they were given. */
  readonly allowSourceMove?: boolean;
  /** The sink may now be another one: it begins with nothing, and rows of an unfinished batch can come twice. */
  readonly resetSink?: boolean;
}

/** What a query does when a trigger fails. */
export interface RestartOptions {
  /** Failures in a row after which the query gives up. */
  readonly times: number;
  /** The wait before each new attempt: an interval text, or milliseconds. Default 1 second. */
  readonly backoff?: string | number;
}

const CHECKPOINT = [
  "fsync",
  "retainBatches",
  "snapshotEvery",
  "standby",
  "forceUnlock",
  "allowSourceMove",
  "resetSink",
];
const GUARANTEES: readonly Guarantee[] = ["exactly-once", "at-least-once", "at-most-once"];
const RETAINED_BATCHES = 100;
const SNAPSHOT_EVERY = 40;
const BACKOFF = "1 second";
/** The longest wait that a timer of the platform keeps. */
const LONGEST_MS = 2 ** 31 - 1;

/** @throws OptionError for a directory that is no text, an unknown option, or a value outside its domain */
export function checkpointOf(directory: unknown, options: CheckpointOptions = {}): CheckpointRequest {
  if (typeof directory !== "string" || directory.trim() === "") {
    throw new OptionError("OPTION_INVALID", `The checkpoint directory is ${shown(directory)}.`, {
      hint: 'Give the path of a directory that this query alone uses: checkpoint("state/orders").',
    });
  }
  const reader = new OptionReader({ ...options }, CHECKPOINT, "checkpoint");
  return {
    directory,
    fsync: reader.boolean("fsync", true),
    retainBatches: reader.integer("retainBatches", RETAINED_BATCHES, 1),
    snapshotEvery: reader.integer("snapshotEvery", SNAPSHOT_EVERY, 1),
    standby: reader.boolean("standby", false),
    forceUnlock: reader.boolean("forceUnlock", false),
    allowSourceMove: reader.boolean("allowSourceMove", false),
    resetSink: reader.boolean("resetSink", false),
  };
}

/** @throws OptionError for anything but the three levels */
export function guaranteeOf(level: unknown): Guarantee {
  const found = GUARANTEES.find((each) => each === level);
  if (found !== undefined) return found;
  throw new OptionError("OPTION_INVALID", `There is no guarantee ${shown(level)}.`, {
    hint: `Use ${GUARANTEES.join(", ")}.`,
  });
}

/** @throws OptionError for a count below 1 or a wait that is no length of time */
export function restartOf(options: RestartOptions): RestartRequest {
  const reader = new OptionReader({ ...options }, ["times", "backoff"], "restart");
  return {
    times: reader.requiredInteger("times", 1),
    backoffMs: durationMs(options.backoff ?? BACKOFF, "backoff of restart"),
  };
}

/**
 * Whole milliseconds, at least 0.
 * @param what names the option in the error
 * @throws OptionError
 */
export function durationMs(input: IntervalInput, what: string): number {
  const micros = microsOf(input, what);
  const ms = Number(micros / 1000n);
  if (ms >= 0 && ms <= LONGEST_MS) return ms;
  throw new OptionError("OPTION_INVALID", `${what} is ${shown(input)}.`, { hint: "Give 0 to 24 days." });
}

function microsOf(input: IntervalInput, what: string): bigint {
  try {
    return fixedMicros(parseInterval(input), what);
  } catch (cause) {
    if (!(cause instanceof MillraceError)) throw cause;
    throw new OptionError("OPTION_INVALID", `${what} is ${shown(input)}.`, {
      hint: 'Write it as "10 seconds", or as milliseconds.',
      cause,
    });
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
