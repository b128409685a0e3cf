import { civilFromDays } from "../types/civil.js";
import { zoneOffsetMicros } from "../types/time-zone.js";

const MICROS_PER_DAY = 86_400_000_000n;
const civil = new Int32Array(3);

/** `2024-01-31`; years beyond 9999 have a plus sign, as ISO 8601 wants it. */
export function dateText(days: number): string {
  civilFromDays(days, civil);
  const year = civil[0];
  return `${yearText(year)}-${padded(civil[1], 2)}-${padded(civil[2], 2)}`;
}

/** `2024-01-31 12:30:00.5` on the wall clock of `zone` (null: the value is wall-clock time already). Trailing zeros of the fraction are left out. */
export function timestampText(micros: bigint, zone: string | null): string {
  const local = zone === null || zone === "UTC" ? micros : micros + BigInt(zoneOffsetMicros(zone, Number(micros)));
  const { days, microsOfDay } = splitDay(local);
  const fraction = microsOfDay % 1_000_000;
  const text = `${dateText(days)} ${clockText(Math.floor(microsOfDay / 1_000_000))}`;
  return fraction === 0 ? text : `${text}.${padded(fraction, 6).replace(/0+$/, "")}`;
}

/** Microseconds as days since 1970 and microseconds of that day, right before 1970 too. */
function splitDay(micros: bigint): { readonly days: number; readonly microsOfDay: number } {
  let days = micros / MICROS_PER_DAY;
  if (days * MICROS_PER_DAY > micros) days -= 1n;
  return { days: Number(days), microsOfDay: Number(micros - days * MICROS_PER_DAY) };
}

function clockText(seconds: number): string {
  return `${padded(Math.floor(seconds / 3600), 2)}:${padded(Math.floor(seconds / 60) % 60, 2)}:${padded(seconds % 60, 2)}`;
}

function yearText(year: number): string {
  if (year > 9999) return `+${year}`;
  return year < 0 ? `-${padded(-year, 4)}` : padded(year, 4);
}

function padded(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
