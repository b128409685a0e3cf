import type { Options } from "../../common/check-options.js";
import { OptionError } from "../../common/millrace-error.js";
import { instantMillis } from "./instant-option.js";
import { partitionMap } from "./partition-map.js";

/** Where to begin or to end, as the options say it. `option`: the one that said it, for messages. */
export type OffsetChoice =
  | { readonly kind: "earliest" | "latest" }
  | { readonly kind: "offsets"; readonly option: string; readonly by: ByPartition }
  | {
      readonly kind: "times";
      readonly option: string;
      /** Milliseconds since 1970: of every partition, or by partition. */
      readonly at: number | ByPartition;
      /** What becomes of a partition that has no record so new. */
      readonly none: "error" | "latest";
    };

export type ByPartition = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** What stands for an offset in `startingOffsets` and the like, as in Spark. */
export const LATEST = -1;
export const EARLIEST = -2;

const OFFSETS_SHAPE = '"earliest", "latest" or offsets by partition, as in {"orders":{"0":23,"1":-2}}';
const TIMES_SHAPE = 'milliseconds since 1970 by partition, as in {"orders":{"0":1780000000000}}';
const INSTANT_SHAPE = 'an instant: milliseconds since 1970, a Date or text like "2026-11-28T08:00:00Z"';

/** startingTimestamp, else startingOffsetsByTimestamp, else startingOffsets, else a stream's end or a batch's beginning. @throws OptionError */
export function startChoice(options: Options, where: string, streaming: boolean): OffsetChoice {
  const none = strategyOf(options["startingOffsetsByTimestampStrategy"], where);
  const choice = timed(options, { prefix: "starting", where, none }) ??
    plain(options, "startingOffsets", where) ?? { kind: streaming ? "latest" : "earliest" };
  if (!streaming && (choice.kind === "latest" || (choice.kind === "offsets" && has(choice.by, LATEST)))) {
    throw new OptionError("OPTION_INVALID", `Option 'startingOffsets' of ${where} cannot be the latest offset (-1).`, {
      hint: "A batch from there on would be empty: begin at the earliest (-2), at an offset or at an instant.",
    });
  }
  return choice;
}

/** endingTimestamp, else endingOffsetsByTimestamp, else endingOffsets, else the latest. @throws OptionError */
export function endChoice(options: Options, where: string): OffsetChoice {
  const choice = timed(options, { prefix: "ending", where, none: "latest" }) ??
    plain(options, "endingOffsets", where) ?? { kind: "latest" };
  if (choice.kind === "earliest" || (choice.kind === "offsets" && has(choice.by, EARLIEST))) {
    throw new OptionError("OPTION_INVALID", `Option 'endingOffsets' of ${where} cannot be the earliest offset (-2).`);
  }
  return choice;
}

/** An explicit way back on an existing checkpoint, and the text by which an offset remembers that it was gone. */
export interface RestartChoice {
  readonly choice: OffsetChoice;
  readonly text: string;
}

/** An instant, or anything that startingOffsets takes; null where the option is not given. @throws OptionError */
export function restartChoice(options: Options, where: string): RestartChoice | null {
  const given = options["restartFrom"];
  if (given === undefined) return null;
  const at = instantMillis(given);
  if (at !== null) {
    const text = given instanceof Date ? given.toISOString() : String(given);
    return { choice: { kind: "times", option: "restartFrom", at, none: "latest" }, text };
  }
  const shape = `${INSTANT_SHAPE}; or ${OFFSETS_SHAPE}`;
  const choice = offsetsOf(given, { option: "restartFrom", where, shape });
  return { choice, text: typeof given === "string" ? given : JSON.stringify(given) };
}

function plain(options: Options, option: string, where: string): OffsetChoice | null {
  return options[option] === undefined ? null : offsetsOf(options[option], { option, where, shape: OFFSETS_SHAPE });
}

interface OptionPlace {
  readonly option: string;
  readonly where: string;
  readonly shape: string;
}

function offsetsOf(given: unknown, place: OptionPlace): OffsetChoice {
  const word = typeof given === "string" ? given.trim().toLowerCase() : null;
  if (word === "earliest" || word === "latest") return { kind: word };
  return { kind: "offsets", option: place.option, by: byPartition(given, { ...place, least: EARLIEST }) };
}

function timed(
  options: Options,
  { prefix, where, none }: { prefix: "starting" | "ending"; where: string; none: "error" | "latest" },
): OffsetChoice | null {
  const single = `${prefix}Timestamp`;
  if (options[single] !== undefined) {
    const at = instantMillis(options[single]);
    if (at === null) throw invalid({ option: single, where, shape: INSTANT_SHAPE });
    return { kind: "times", option: single, at, none };
  }
  const option = `${prefix}OffsetsByTimestamp`;
  if (options[option] === undefined) return null;
  const at = byPartition(options[option], { option, where, shape: TIMES_SHAPE, least: 0 });
  return { kind: "times", option, at, none };
}

function strategyOf(given: unknown, where: string): "error" | "latest" {
  if (given === undefined || given === "error" || given === "latest") return given ?? "error";
  throw invalid({ option: "startingOffsetsByTimestampStrategy", where, shape: '"error" or "latest"' });
}

function byPartition(given: unknown, place: OptionPlace & { readonly least: number }): ByPartition {
  const topics = partitionMap(given, place).map(([topic, entry]): [string, ReadonlyMap<number, number>] => {
    if (typeof entry !== "object" || entry === null) throw invalid(place);
    const partitions = Object.entries(entry).map(([key, value]: [string, unknown]): [number, number] => {
      const isFine = /^\d+$/.test(key) && Number.isSafeInteger(value) && (value as number) >= place.least;
      if (!isFine) throw invalid(place);
      return [Number(key), value as number];
    });
    return [topic, new Map(partitions)];
  });
  return new Map(topics);
}

function has(by: ByPartition, offset: number): boolean {
  return [...by.values()].some((partitions) => [...partitions.values()].includes(offset));
}

function invalid({ option, where, shape }: OptionPlace): OptionError {
  return new OptionError("OPTION_INVALID", `Option '${option}' of ${where} must be ${shape}.`);
}
