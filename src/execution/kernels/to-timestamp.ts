import { allocateInt64 } from "../../columnar/buffers.js";
import { zoneRules } from "../../types/time-zone.js";
import { castColumns, castKernel } from "./cast.js";
import type { CastCall } from "./cast-call.js";
import { constantText } from "./constant-argument.js";
import { MICROS_PER_DAY, MICROS_PER_SECOND } from "./instant-parts.js";
import { type ColumnFunction, type KernelCall, strictKernel } from "./kernel.js";
import { noNulls } from "./lane-column.js";
import { PatternScanner } from "./pattern-scanner.js";
import { readPattern } from "./read-pattern.js";

/** toTimestamp(text, pattern?), or of a date (its midnight in UTC) or a timestamp (as it is). Without a pattern: a cast. */
export const toTimestamp = strictKernel(
  (call) => (call.types.length > 1 ? parsePattern(call) : castColumns(castOf(call))),
  (call) => (call.types.length > 1 ? null : (castKernel(castOf(call)).fuse?.(call) ?? null)),
);

function castOf({ types, type }: KernelCall): CastCall {
  return { from: types[0], to: type, safe: false };
}

function parsePattern({ constants, type }: KernelCall): ColumnFunction {
  const pattern = constantText(constants[1]);
  const scanner = new PatternScanner(pattern);
  const zone = type.kind === "timestamp" ? type.zone : null;
  return (input) => {
    const values = allocateInt64(input.length);
    readPattern(input, pattern, (bytes, [from, to], row) => {
      if (!scanner.scan(bytes, from, to)) return false;
      values[row] = patternMicros(scanner, zone);
      return true;
    });
    return { ...noNulls(type, input.length), layout: "int64", values };
  };
}

/** Whole seconds are exact doubles in every year the pattern can write; the rest is added apart. */
function patternMicros({ days, microsOfDay, offset }: PatternScanner, zone: string | null): bigint {
  const rest = microsOfDay % MICROS_PER_SECOND;
  const local = days * MICROS_PER_DAY + microsOfDay - rest;
  if (zone === null || (zone === "UTC" && Number.isNaN(offset))) return BigInt(local) + BigInt(rest);
  const utc = Number.isNaN(offset) ? zoneRules(zone).localToUtc(local) : local - offset;
  return BigInt(utc) + BigInt(rest);
}
