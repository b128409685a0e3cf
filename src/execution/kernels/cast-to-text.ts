import { int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { javaDouble } from "../../formats/java-double.js";
import { textOfBytes } from "../../formats/text-of-bytes.js";
import { type ZoneRules, zoneRules } from "../../types/time-zone.js";
import type { CastCall } from "./cast-call.js";
import { exactAt } from "./exact-int64.js";
import { dayOf, dayOfWide, microsOfDay, microsOfDayWide } from "./instant-parts.js";
import { InstantText } from "./instant-text.js";
import type { ColumnFunction } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { nestedText } from "./nested-text.js";
import { RowTexts } from "./row-texts.js";

/** Writes one value of a column that is not NULL. */
export type TextWriter = (out: RowTexts, row: number) => void;

/** Any type as text, as Spark writes it. */
export function castToText({ from, to }: CastCall): ColumnFunction {
  if (from.kind === "binary") return (input) => textOfBytes(columnAs(input.column(0), "bytes"), to);
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
      if (column.type.kind === "date") return dateWriter(column.values);
      return (out, row) => writeInteger(out, column.values[row]);
    case "int64":
      return column.type.kind === "timestamp"
        ? instantWriter(column.values, column.type.zone)
        : int64Writer(column.values);
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

function dateWriter(values: Int32Array): TextWriter {
  const text = new InstantText();
  return (out, row) => text.date(out, values[row]);
}

/** On the wall clock of the type's zone. */
function instantWriter(values: BigInt64Array, zone: string | null): TextWriter {
  const halves = int32Halves(values);
  const rules = zone === null || zone === "UTC" ? null : zoneRules(zone);
  const text = new InstantText();
  return (out, row) => {
    const value = exactAt(halves, row);
    if (Number.isNaN(value)) {
      const local = values[row] + BigInt(offsetOf(rules, Number(values[row])));
      text.instant(out, dayOfWide(local), microsOfDayWide(local));
    } else {
      const local = value + offsetOf(rules, value);
      text.instant(out, dayOf(local), microsOfDay(local));
    }
  };
}

function offsetOf(rules: ZoneRules | null, micros: number): number {
  return rules === null ? 0 : rules.offsetMicros(micros);
}
