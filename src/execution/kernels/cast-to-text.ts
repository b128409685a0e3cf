import { int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { javaDouble } from "../../formats/java-double.js";
import { civilFromDays } from "../../types/civil.js";
import { type ZoneRules, zoneRules } from "../../types/time-zone.js";
import type { CastCall } from "./cast-call.js";
import { exactAt } from "./exact-int64.js";
import { dayOf, dayOfWide, microsOfDay, microsOfDayWide } from "./instant-parts.js";
import type { ColumnFunction } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { nestedText } from "./nested-text.js";
import { RowTexts } from "./row-texts.js";

/** Writes one value of a column that is not NULL. */
export type TextWriter = (out: RowTexts, row: number) => void;

/** Any type as text, as Spark writes it. */
export function castToText({ from, to }: CastCall): ColumnFunction {
  if (from.kind === "binary") return (input) => ({ ...columnAs(input.column(0), "bytes"), type: to });
  return (input) => {
    const { rows, length } = input;
    const out = new RowTexts(length, 8 * rows.count);
    const write = textWriter(input.column(0));
    for (let j = 0; j < rows.count; j++) {
      const i = rows.sel === null ? j : rows.sel[j];
      out.start(i);
      write(out, i);
    }
    return out.finish(to);
  };
}

export function textWriter(column: Column): TextWriter {
  switch (column.layout) {
    case "bool":
      return (out, row) => out.ascii(column.values[row] === 1 ? "true" : "false");
    case "int32":
      if (column.type.kind === "date") return (out, row) => writeDate(out, column.values[row]);
      return (out, row) => writeInteger(out, column.values[row]);
    case "int64":
      return column.type.kind === "timestamp" ? instantWriter(column.values, column.type.zone) : int64Writer(column.values);
    case "float64":
      return (out, row) => out.ascii(javaDouble(column.values[row]));
    case "bytes":
      return (out, row) => out.copy(column.bytes, column.offsets[row], column.offsets[row + 1]);
    default:
      return nestedText(column, textWriter);
  }
}

function writeInteger(out: RowTexts, value: number): void {
  if (value < 0) out.byte(45);
  out.digits(Math.abs(value), 1);
}

function int64Writer(values: BigInt64Array): TextWriter {
  const halves = int32Halves(values);
  return (out, row) => {
    const value = exactAt(halves, row);
    if (Number.isNaN(value)) out.ascii(String(values[row]));
    else writeInteger(out, value);
  };
}

const civil = new Int32Array(3);

/** yyyy-MM-dd; years of more than four digits have a sign, as ISO 8601 wants it. */
function writeDate(out: RowTexts, days: number): void {
  civilFromDays(days, civil);
  const year = civil[0];
  if (year < 0) out.byte(45);
  else if (year > 9999) out.byte(43);
  out.digits(Math.abs(year), 4);
  out.byte(45);
  out.digits(civil[1], 2);
  out.byte(45);
  out.digits(civil[2], 2);
}

/** On the wall clock of the type's zone. */
function instantWriter(values: BigInt64Array, zone: string | null): TextWriter {
  const halves = int32Halves(values);
  const rules = zone === null || zone === "UTC" ? null : zoneRules(zone);
  return (out, row) => {
    const value = exactAt(halves, row);
    if (Number.isNaN(value)) writeWide(out, values[row], rules);
    else writeLocal(out, dayOf(value + offsetOf(rules, value)), microsOfDay(value + offsetOf(rules, value)));
  };
}

function offsetOf(rules: ZoneRules | null, micros: number): number {
  return rules === null ? 0 : rules.offsetMicros(micros);
}

function writeWide(out: RowTexts, micros: bigint, rules: ZoneRules | null): void {
  const local = micros + BigInt(offsetOf(rules, Number(micros)));
  writeLocal(out, dayOfWide(local), microsOfDayWide(local));
}

/** yyyy-MM-dd HH:mm:ss, with a fraction where there is one, without its trailing zeros. */
function writeLocal(out: RowTexts, days: number, micros: number): void {
  const seconds = Math.floor(micros / 1_000_000);
  writeDate(out, days);
  out.byte(32);
  out.digits(Math.floor(seconds / 3600), 2);
  out.byte(58);
  out.digits(Math.floor(seconds / 60) % 60, 2);
  out.byte(58);
  out.digits(seconds % 60, 2);
  const fraction = micros - seconds * 1_000_000;
  if (fraction === 0) return;
  out.byte(46);
  out.digits(fraction, 6);
  while (out.bytes[out.end - 1] === 48) out.end--;
}
