import type { DataType } from "../types/data-type.js";
import type { LiteralValue } from "./expression.js";

const MICROS_PER_MILLI = 1000n;
const MILLIS_PER_DAY = 86_400_000;

/** A constant as SQL writes it. */
export function formatLiteral(value: LiteralValue, type: DataType): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (value instanceof Uint8Array)
    return `X'${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
  if (type.kind === "timestamp" && typeof value === "bigint") return `TIMESTAMP '${instantText(value)}'`;
  if (type.kind === "date" && typeof value === "number") return `DATE '${dateText(value)}'`;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** ISO 8601; instants outside what Date can say print as microseconds. */
function instantText(micros: bigint): string {
  const remainder = ((micros % MICROS_PER_MILLI) + MICROS_PER_MILLI) % MICROS_PER_MILLI;
  const date = new Date(Number((micros - remainder) / MICROS_PER_MILLI));
  if (Number.isNaN(date.getTime())) return `${micros} us`;
  const iso = date.toISOString();
  return remainder === 0n ? iso : `${iso.slice(0, -1)}${String(remainder).padStart(3, "0")}Z`;
}

function dateText(days: number): string {
  const date = new Date(days * MILLIS_PER_DAY);
  return Number.isNaN(date.getTime()) ? `${days} days` : date.toISOString().slice(0, 10);
}
