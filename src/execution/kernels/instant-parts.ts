import { floorDivide } from "./floor-divide.js";

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY = 86_400_000_000;
const BIG_DAY = BigInt(MICROS_PER_DAY);

// Microseconds since 1970 as a day and a time of day. Division of integers below 2^53 is never rounded up to the next
// integer, so Math.floor of it is exact.

export function dayOf(micros: number): number {
  return Math.floor(micros / MICROS_PER_DAY);
}

export function dayOfWide(micros: bigint): number {
  return Number(floorDivide(micros, BIG_DAY));
}

export function microsOfDay(micros: number): number {
  return micros - Math.floor(micros / MICROS_PER_DAY) * MICROS_PER_DAY;
}

export function microsOfDayWide(micros: bigint): number {
  return Number(micros - floorDivide(micros, BIG_DAY) * BIG_DAY);
}
