/** The last instant that JavaScript's Date and ISO 8601 text can hold, in milliseconds since 1970. */
const LAST_MILLIS = 8_640_000_000_000_000n;

/**
 * Microseconds since 1970 as ISO 8601 with milliseconds, or with microseconds where they are not whole milliseconds.
 * What lies beyond the years that ISO text can hold is told as microseconds.
 */
export function isoInstant(micros: bigint): string {
  const millis = floorDivide(micros, 1000n);
  if (millis > LAST_MILLIS || millis < -LAST_MILLIS) return `${micros} us`;
  const rest = micros - millis * 1000n;
  const text = new Date(Number(millis)).toISOString();
  return rest === 0n ? text : text.replace("Z", `${String(rest).padStart(3, "0")}Z`);
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
