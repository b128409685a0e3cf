import { civilFromDays } from "./civil.js";

const MICROS_PER_SECOND = 1_000_000n;
const SECONDS_PER_DAY = 86_400n;
const civil = new Int32Array(3);

/** "2024-01-31"; years outside 0-9999 have six digits and a sign, as ISO 8601 and Date have it. */
export function isoDate(days: number): string {
  civilFromDays(days, civil);
  const [year = 0, month = 0, day = 0] = civil;
  return `${isoYear(year)}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** "2024-01-31T12:30:00.000Z", with microseconds where there are any; without the Z for wall-clock time (zone null). */
export function isoTimestamp(micros: bigint, zone: string | null): string {
  const seconds = floorDivide(micros, MICROS_PER_SECOND);
  const days = floorDivide(seconds, SECONDS_PER_DAY);
  const clock = Number(seconds - days * SECONDS_PER_DAY);
  const fraction = Number(micros - seconds * MICROS_PER_SECOND);
  const digits = fraction % 1000 === 0 ? String(fraction / 1000).padStart(3, "0") : String(fraction).padStart(6, "0");
  const time = `${twoDigits(Math.floor(clock / 3600))}:${twoDigits(Math.floor(clock / 60) % 60)}:${twoDigits(clock % 60)}`;
  return `${isoDate(Number(days))}T${time}.${digits}${zone === null ? "" : "Z"}`;
}

function isoYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, "0");
  return `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return quotient * divisor > value ? quotient - 1n : quotient;
}
