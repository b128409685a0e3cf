import { allocateInt64 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { zoneRules } from "../../types/time-zone.js";
import { argumentValidity } from "./argument-validity.js";
import { constantText } from "./constant-argument.js";
import { MICROS_PER_DAY } from "./instant-parts.js";
import { oncePerEntry } from "./once-per-entry.js";
import { PatternScanner } from "./pattern-scanner.js";
import { readText } from "./read-text.js";
import { readTextRows } from "./read-text-rows.js";
import { refusePattern, refuseText } from "./refuse-time.js";
import type { VectorCall, VectorKernel } from "./vector-kernel.js";

/** toTimestamp(text, pattern?), or of a date (its midnight in UTC) or a timestamp (as it is). Without a pattern: a cast. */
export const toTimestampKernel: VectorKernel = oncePerEntry((call) => {
  const { args, expression, length, rows } = call;
  const [column] = args;
  if (argumentValidity(args, length) === null) return nullColumn(expression.type, length);
  switch (expression.args[0].type.kind) {
    case "timestamp":
      return column;
    case "date":
      return instantsOfDates(call);
    default:
      if (args.length > 1) return parsePattern(call);
      return readText({ column, rows, length, type: expression.type, refuse: refuseText(call) });
  }
});

function instantsOfDates({ args, expression, length, rows }: VectorCall): Column {
  const [column] = args;
  if (column.layout !== "int32") throw new Error("Broken invariant: a date has the layout int32");
  const values = allocateInt64(length);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    values[row] = BigInt(column.values[row]) * BigInt(MICROS_PER_DAY);
  }
  const { nullCount, validity } = column;
  return { layout: "int64", type: expression.type, length, nullCount, validity, values };
}

function parsePattern(call: VectorCall): Column {
  const { args, expression, length, rows } = call;
  const pattern = constantText(expression, 1);
  const scanner = new PatternScanner(pattern);
  const zone = expression.type.kind === "timestamp" ? expression.type.zone : null;
  const values = allocateInt64(length);
  const source = { column: args[0], rows, length, type: expression.type, refuse: refusePattern(call, pattern) };
  const base = readTextRows(source, (bytes, [from, to], row) => {
    if (!scanner.scan(bytes, from, to)) return false;
    values[row] = patternMicros(scanner, zone);
    return true;
  });
  return { ...base, layout: "int64", values };
}

/** Whole seconds are exact doubles in every year the pattern can write; the rest is added apart. */
function patternMicros({ days, microsOfDay, offset }: PatternScanner, zone: string | null): bigint {
  const rest = microsOfDay % 1_000_000;
  const local = days * MICROS_PER_DAY + microsOfDay - rest;
  if (zone === null || (zone === "UTC" && Number.isNaN(offset))) return BigInt(local) + BigInt(rest);
  const utc = Number.isNaN(offset) ? zoneRules(zone).localToUtc(local) : local - offset;
  return BigInt(utc) + BigInt(rest);
}
