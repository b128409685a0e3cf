import { AnalysisError } from "../common/millrace-error.js";

/** A length of time: months and days stay apart from microseconds, because their length depends on where they stand. */
export interface Interval {
  readonly micros: bigint;
  readonly months: number;
  readonly days: number;
}

/** "10 minutes", "1 hour 30 minutes", "1 month"; or milliseconds; or microseconds as `{ micros }`. */
export type IntervalInput = string | number | { readonly micros: bigint };

const MICROS_PER_DAY = 86_400_000_000n;

interface Unit {
  readonly part: "micros" | "days" | "months";
  readonly size: bigint;
}

const UNITS: Readonly<Record<string, Unit>> = {
  microsecond: { part: "micros", size: 1n },
  us: { part: "micros", size: 1n },
  millisecond: { part: "micros", size: 1_000n },
  ms: { part: "micros", size: 1_000n },
  second: { part: "micros", size: 1_000_000n },
  sec: { part: "micros", size: 1_000_000n },
  s: { part: "micros", size: 1_000_000n },
  minute: { part: "micros", size: 60_000_000n },
  min: { part: "micros", size: 60_000_000n },
  hour: { part: "micros", size: 3_600_000_000n },
  h: { part: "micros", size: 3_600_000_000n },
  day: { part: "days", size: 1n },
  d: { part: "days", size: 1n },
  week: { part: "days", size: 7n },
  month: { part: "months", size: 1n },
  quarter: { part: "months", size: 3n },
  year: { part: "months", size: 12n },
};

/**
 * Reads Spark's interval text: numbers and units in any order, an optional "interval" in front, a sign per number, letter
 * case free, fractions where whole microseconds come out ("1.5 seconds").
 * @throws AnalysisError INTERVAL_SYNTAX
 */
export function parseInterval(input: IntervalInput): Interval {
  if (typeof input === "string") return parseText(input);
  if (typeof input !== "number") return { micros: input.micros, months: 0, days: 0 };
  const micros = Math.round(input * 1000);
  if (Number.isSafeInteger(micros)) return { micros: BigInt(micros), months: 0, days: 0 };
  throw syntaxError(String(input), "a number is a count of milliseconds");
}

/** Far above any use, and far enough below int64 for times to be moved by it. */
const LONGEST_MICROS = 2n ** 62n;

/**
 * The interval as microseconds; a day counts as 24 hours.
 * @param what names the use in the error: "The size of a window"
 * @throws AnalysisError INTERVAL_NOT_FIXED for months and years, INTERVAL_RANGE
 */
export function fixedMicros(interval: Interval, what: string): bigint {
  if (interval.months === 0) {
    const micros = interval.micros + BigInt(interval.days) * MICROS_PER_DAY;
    if (micros > -LONGEST_MICROS && micros < LONGEST_MICROS) return micros;
    throw new AnalysisError("INTERVAL_RANGE", `${what} is too long.`, { hint: "Give less than 146,000 years." });
  }
  throw new AnalysisError("INTERVAL_NOT_FIXED", `${what} has no fixed length: a month has 28 to 31 days.`, {
    hint: "Give it in days or smaller units.",
  });
}

function parseText(text: string): Interval {
  const terms = text.trim().replace(/^interval\s+/i, "");
  const pattern = /\s*([+-]?)\s*(\d+)(?:\.(\d+))?\s*([a-z]+)/giy;
  const sums = { micros: 0n, days: 0n, months: 0n };
  let end = 0;
  for (const [term, sign, whole, fraction, word] of terms.matchAll(pattern)) {
    const unit = unitOf(word ?? "", text);
    sums[unit.part] += (sign === "-" ? -1n : 1n) * scaled(`${whole}`, fraction ?? "", { unit, text });
    end += term.length;
  }
  if (end === 0 || end < terms.length)
    throw syntaxError(text, `'${terms.slice(end).trim()}' is not a number and a unit`);
  return { micros: sums.micros, months: Number(sums.months), days: Number(sums.days) };
}

function unitOf(word: string, text: string): Unit {
  const lower = word.toLowerCase();
  const singular = lower.length > 3 && lower.endsWith("s") ? lower.slice(0, -1) : lower;
  const unit = Object.hasOwn(UNITS, singular) ? UNITS[singular] : undefined;
  if (unit === undefined) throw syntaxError(text, `'${word}' is no unit of time`);
  return unit;
}

function scaled(whole: string, fraction: string, term: { unit: Unit; text: string }): bigint {
  const digits = fraction.replace(/0+$/, "");
  const divisor = 10n ** BigInt(digits.length);
  const product = BigInt(whole + digits) * term.unit.size;
  if (product % divisor !== 0n)
    throw syntaxError(term.text, "a fraction must come to whole microseconds, days or months");
  return product / divisor;
}

function syntaxError(text: string, reason: string): AnalysisError {
  return new AnalysisError("INTERVAL_SYNTAX", `'${text}' is not a length of time: ${reason}.`, {
    hint: "Write it as '10 minutes', '1 hour 30 minutes' or '1 month'.",
  });
}
