import { allocateBytes, allocateFloat64, allocateInt32, allocateInt64 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { plainColumn } from "../../columnar/decode-dictionary.js";
import { nullColumn } from "../../columnar/null-column.js";
import { formatType } from "../../types/format-type.js";
import type { BinaryType, TimestampType } from "../../types/data-type.js";
import { IntegerParser } from "./parse-integer.js";
import { parseBool } from "./parse-bool.js";
import { DoubleParser } from "./parse-double.js";
import { readTextRows, type TextSource } from "./read-text-rows.js";
import { TimeScanner } from "./time-scanner.js";
import { exactMicros, writtenMicros } from "./written-zone.js";

/**
 * Text read as bool, int32, int64, float64, date, timestamp or binary, blanks around passed over, in the forms that Spark's
 * ANSI casts take.
 */
export function readText(source: TextSource): Column {
  const { column, length, type } = source;
  if (column.layout === "null") return nullColumn(type, length);
  switch (type.kind) {
    case "bool":
      return readBool(source);
    case "int32":
      return readInt32(source);
    case "int64":
      return readInt64(source);
    case "float64":
      return readFloat64(source);
    case "date":
      return readDate(source);
    case "timestamp":
      return readTimestamp(source, type);
    case "binary":
      return readBinary(column, type);
    default:
      throw new Error(`Broken invariant: analysis let text be read as ${formatType(type)}`);
  }
}

function readBool(source: TextSource): Column {
  const values = allocateBytes(source.length);
  const base = readTextRows(source, (bytes, [from, to], row) => {
    const value = parseBool(bytes, from, to);
    values[row] = value & 1;
    return value >= 0;
  });
  return { ...base, layout: "bool", values };
}

function readInt32(source: TextSource): Column {
  const values = allocateInt32(source.length);
  const parser = new IntegerParser();
  const base = readTextRows(source, (bytes, [from, to], row) => {
    if (!parser.parse(bytes, from, to)) return false;
    values[row] = parser.value();
    return values[row] === parser.value();
  });
  return { ...base, layout: "int32", values };
}

function readInt64(source: TextSource): Column {
  const values = allocateInt64(source.length);
  const parser = new IntegerParser();
  const base = readTextRows(source, (bytes, [from, to], row) => {
    if (!parser.parse(bytes, from, to)) return false;
    const value = parser.bigValue();
    values[row] = value;
    return values[row] === value;
  });
  return { ...base, layout: "int64", values };
}

function readFloat64(source: TextSource): Column {
  const values = allocateFloat64(source.length);
  const parser = new DoubleParser();
  const base = readTextRows(source, (bytes, [from, to], row) => {
    if (!parser.parse(bytes, from, to)) return false;
    values[row] = parser.value;
    return true;
  });
  return { ...base, layout: "float64", values };
}

function readDate(source: TextSource): Column {
  const values = allocateInt32(source.length);
  const scanner = new TimeScanner();
  const base = readTextRows(source, (bytes, [from, to], row) => {
    if (!scanner.date(bytes, from, to)) return false;
    values[row] = scanner.days;
    return true;
  });
  return { ...base, layout: "int32", values };
}

/** Text without a zone is wall-clock time of the type's zone. */
function readTimestamp(source: TextSource, { zone }: TimestampType): Column {
  const values = allocateInt64(source.length);
  const scanner = new TimeScanner();
  const base = readTextRows(source, (bytes, [from, to], row) => {
    if (!scanner.timestamp(bytes, from, to)) return false;
    const micros = writtenMicros(scanner, bytes, zone);
    if (Number.isNaN(micros)) return false;
    values[row] = Number.isSafeInteger(micros) ? BigInt(micros) : exactMicros(scanner, bytes, zone);
    return true;
  });
  return { ...base, layout: "int64", values };
}

function readBinary(column: Column, type: BinaryType): Column {
  const plain = plainColumn(column);
  return plain.layout === "bytes" ? { ...plain, type } : nullColumn(type, column.length);
}
