import { isoTimestamp } from "../types/iso-text.js";

/** The last instant that JavaScript's Date can hold, in microseconds since 1970. */
const LAST_MICROS = 8_640_000_000_000_000_000n;

/** ISO 8601 of microseconds since 1970. What Date cannot read back is told as microseconds. */
export function isoInstant(micros: bigint): string {
  return micros > LAST_MICROS || micros < -LAST_MICROS ? `${micros} us` : isoTimestamp(micros, "UTC");
}
