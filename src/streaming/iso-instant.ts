/** Microseconds since 1970 as ISO 8601 with milliseconds, or with microseconds where they are not whole milliseconds. */
export function isoInstant(micros: bigint): string {
  const millis = floorDivide(micros, 1000n);
  const rest = micros - millis * 1000n;
  const text = new Date(Number(millis)).toISOString();
  return rest === 0n ? text : text.replace("Z", `${String(rest).padStart(3, "0")}Z`);
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
