import { AnalysisError } from "../common/millrace-error.js";

const MICROS_PER_MS = 1000;
const MICROS_PER_SECOND = 1_000_000;
const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;
/** Offsets are found for spans of this length at a time. */
const SPAN = 400 * MICROS_PER_DAY;
/** Days between two looks at a zone's offset. No zone known to Intl has left an offset and returned to it within them. */
const STEP_DAYS = 1;
/** Before zones had clock changes, and where only yearly rules repeat, looking less often misses nothing. */
const FAR_STEP_DAYS = 10;
const CHANGES_FROM = -2_840_140_800 * MICROS_PER_SECOND;
const CHANGES_TO = 2_145_916_800 * MICROS_PER_SECOND;
/** The range of Date, inside which Intl answers. */
const DATE_LIMIT = 8.64e15 * MICROS_PER_MS;
const FIXED_OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;

/**
 * The offsets of one zone. Intl is asked once per span and change, never per row: what it said is kept as sorted arrays
 * of instants and offsets, and the last stretch without a change answers most calls.
 */
export class ZoneRules {
  readonly zone: string;
  readonly #offsetAtMs: (ms: number) => number;
  readonly #spans = new Map<number, Stretches>();
  // The stretch that answered last: [#from, #to) has #offset.
  #from = 0;
  #to = 0;
  #offset = 0;

  constructor(zone: string, offsetAtMs: (ms: number) => number) {
    this.zone = zone;
    this.#offsetAtMs = offsetAtMs;
  }

  /** Microseconds to add to UTC for the local clock. */
  offsetMicros(utcMicros: number): number {
    if (utcMicros < this.#from || utcMicros >= this.#to) this.#find(utcMicros);
    return this.#offset;
  }

  /**
   * The instant at which the local clock shows `localMicros`. A local time that is skipped (clocks put forward) moves
   * forward by what was skipped; one that occurs twice (clocks put back) is the earlier instant.
   */
  localToUtc(localMicros: number): number {
    const before = this.offsetMicros(localMicros - MICROS_PER_DAY);
    const early = localMicros - before;
    if (this.offsetMicros(early) === before) return early;
    const after = this.offsetMicros(localMicros + MICROS_PER_DAY);
    const late = localMicros - after;
    return this.offsetMicros(late) === after ? late : early;
  }

  #find(utcMicros: number): void {
    const span = Math.floor(utcMicros / SPAN);
    let stretches = this.#spans.get(span);
    if (stretches === undefined) {
      stretches = this.#discover(span * SPAN, (span + 1) * SPAN);
      this.#spans.set(span, stretches);
    }
    let i = stretches.offsets.length - 1;
    while (i > 0 && utcMicros < stretches.starts[i]) i--;
    this.#from = stretches.starts[i];
    this.#to = stretches.starts[i + 1];
    this.#offset = stretches.offsets[i];
  }

  #discover(from: number, to: number): Stretches {
    const step = (from > CHANGES_FROM && to < CHANGES_TO ? STEP_DAYS : FAR_STEP_DAYS) * MICROS_PER_DAY;
    const starts = [from];
    const offsets = [this.#ask(from)];
    for (let at = from + step; at <= to; at += step) {
      const offset = this.#ask(at);
      if (offset === offsets[offsets.length - 1]) continue;
      starts.push(this.#changeBetween(at - step, at));
      offsets.push(offset);
    }
    return { starts: Float64Array.from([...starts, to]), offsets: Float64Array.from(offsets) };
  }

  /** The first second that has the offset of `to`. */
  #changeBetween(from: number, to: number): number {
    const wanted = this.#ask(to);
    let low = from;
    let high = to;
    while (high - low > MICROS_PER_SECOND) {
      const middle = low + Math.floor((high - low) / 2 / MICROS_PER_SECOND) * MICROS_PER_SECOND;
      if (this.#ask(middle) === wanted) high = middle;
      else low = middle;
    }
    return high;
  }

  #ask(utcMicros: number): number {
    const inRange = Math.min(DATE_LIMIT, Math.max(-DATE_LIMIT, utcMicros));
    return this.#offsetAtMs(Math.floor(inRange / MICROS_PER_MS)) * MICROS_PER_SECOND;
  }
}

/** [starts[i], starts[i + 1]) has offsets[i]. */
interface Stretches {
  readonly starts: Float64Array;
  readonly offsets: Float64Array;
}

// A pure cache: what a zone's name means does not change while a process runs.
const rulesByZone = new Map<string, ZoneRules>();
let lastRules: ZoneRules | null = null;

/** The rules of a zone, shared. Take them once per kernel, then ask them per row. */
export function zoneRules(zone: string): ZoneRules {
  if (lastRules !== null && lastRules.zone === zone) return lastRules;
  let rules = rulesByZone.get(zone);
  if (rules === undefined) {
    rules = new ZoneRules(zone, offsetFunction(zone));
    rulesByZone.set(zone, rules);
  }
  lastRules = rules;
  return rules;
}

/** Microseconds to add to UTC for the local clock of `zone` at this instant. */
export function zoneOffsetMicros(zone: string, utcMicros: number): number {
  return zone === "UTC" ? 0 : zoneRules(zone).offsetMicros(utcMicros);
}

/** The instant at which the clock of `zone` shows `localMicros`: skipped times move forward, double ones are the earlier. */
export function localToUtcMicros(zone: string, localMicros: number): number {
  return zone === "UTC" ? localMicros : zoneRules(zone).localToUtc(localMicros);
}

/** @throws AnalysisError ZONE_UNKNOWN for a name that is neither an IANA zone nor a fixed offset like "+02:00" */
export function checkZone(zone: string): void {
  zoneRules(zone);
}

/** Seconds to add to UTC at an instant given in milliseconds. */
function offsetFunction(zone: string): (ms: number) => number {
  const fixed = FIXED_OFFSET.exec(zone);
  if (fixed !== null) {
    const seconds = fixedOffsetSeconds(fixed);
    return () => seconds;
  }
  const format = formatter(zone);
  return (ms) => offsetSeconds(format.format(ms));
}

function fixedOffsetSeconds([zone, sign, hours, minutes]: RegExpExecArray): number {
  const total = Number(hours) * 60 + Number(minutes ?? 0);
  if (total > 18 * 60 || Number(minutes ?? 0) > 59) throw unknownZone(zone);
  return (sign === "-" ? -60 : 60) * total;
}

function formatter(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  } catch {
    throw unknownZone(zone);
  }
}

/** "1/1/1970, GMT-05:30" ends in the offset; "GMT" alone is 0, old offsets have seconds. */
function offsetSeconds(text: string): number {
  const match = /GMT(?:([+-])(\d+)(?::(\d+))?(?::(\d+))?)?$/.exec(text);
  if (match === null) throw new Error(`Broken invariant: no offset in '${text}'`);
  const [, sign, hours, minutes, seconds] = match;
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return sign === "-" ? -total : total;
}

function unknownZone(zone: string): AnalysisError {
  return new AnalysisError("ZONE_UNKNOWN", `'${zone}' is not a time zone.`, {
    hint: "Use an IANA name like 'Europe/Berlin', 'UTC', or an offset like '+02:00'.",
  });
}
