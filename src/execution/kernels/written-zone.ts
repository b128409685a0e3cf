import { decodeText } from "../../columnar/decode-text.js";
import { AnalysisError } from "../../common/millrace-error.js";
import { zoneRules } from "../../types/time-zone.js";
import type { TimeScanner } from "./time-scanner.js";

const SECOND = 1_000_000;
const DAY = 86_400_000_000;
/** Spark, like Java, takes offsets of at most 18 hours. */
const MOST_MINUTES = 18 * 60;

/** What a time without a zone means: wall-clock time of `zone`; null: wall-clock time it stays, and a written zone is passed over. */
export type TimeMeaning = string | null;

/**
 * Microseconds since 1970 of what the scanner read. Below 2^53 in size they are exact; dates far off lose microseconds, so
 * such rows go through `exactMicros`. NaN where the written zone is none.
 */
export function writtenMicros(scanner: TimeScanner, bytes: Uint8Array, meaning: TimeMeaning): number {
  const local = scanner.days * DAY + scanner.microsOfDay;
  if (meaning === null) return local;
  if (scanner.zoneFrom < scanner.zoneTo) return local - writtenOffset(scanner, bytes, local);
  return meaning === "UTC" ? local : zoneRules(meaning).localToUtc(local);
}

/** The same for every year: whole seconds as a double, which are exact, and the rest apart. */
export function exactMicros(scanner: TimeScanner, bytes: Uint8Array, meaning: TimeMeaning): bigint {
  const { microsOfDay } = scanner;
  const rest = microsOfDay % SECOND;
  scanner.microsOfDay = microsOfDay - rest;
  const seconds = writtenMicros(scanner, bytes, meaning);
  scanner.microsOfDay = microsOfDay;
  return BigInt(seconds) + BigInt(rest);
}

/** Microseconds to take off the wall clock for UTC; NaN where the text is no zone. */
function writtenOffset({ zoneFrom, zoneTo }: TimeScanner, bytes: Uint8Array, local: number): number {
  const first = bytes[zoneFrom];
  if (zoneTo - zoneFrom === 1 && first === 90) return 0;
  if (first === 43 || first === 45) return numericOffset(bytes, zoneFrom, zoneTo);
  return namedOffset(decodeText(bytes, zoneFrom, zoneTo), local);
}

/** "+2", "+02", "+0200", "+2:00", "+02:00", "+02:00:30". */
function numericOffset(bytes: Uint8Array, from: number, to: number): number {
  const match = /^[+-](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?|(\d{2})(\d{2})(\d{2})?)$/.exec(
    to - from > 9 ? "" : decodeText(bytes, from, to),
  );
  if (match === null) return Number.NaN;
  const [, hours, minutes, seconds, hours2, minutes2, seconds2] = match;
  const minute = Number(minutes ?? minutes2 ?? 0);
  const second = Number(seconds ?? seconds2 ?? 0);
  const total = Number(hours ?? hours2) * 60 + minute;
  if (minute > 59 || second > 59 || total * 60 + second > MOST_MINUTES * 60) return Number.NaN;
  return (bytes[from] === 45 ? -1 : 1) * (total * 60 + second) * SECOND;
}

function namedOffset(name: string, local: number): number {
  try {
    return local - zoneRules(name).localToUtc(local);
  } catch (error) {
    if (error instanceof AnalysisError) return Number.NaN;
    throw error;
  }
}
