import { allocateBytes, allocateFloat64, allocateInt32, allocateInt64 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import type { DataType, TimestampType } from "../../types/data-type.js";
import { formatType } from "../../types/format-type.js";
import { noNulls } from "./lane-column.js";
import { parseBool } from "./parse-bool.js";
import { DoubleParser } from "./parse-double.js";
import { IntegerParser } from "./parse-integer.js";
import type { ReadRow } from "./read-text-rows.js";
import { TimeScanner } from "./time-scanner.js";
import { exactMicros, writtenMicros } from "./written-zone.js";

/** Reads texts into a column, row by row, without making a string of any. */
export interface TextReader {
  readonly column: Column;
  readonly read: ReadRow;
}

export function textReader(type: DataType, length: number): TextReader {
  switch (type.kind) {
    case "bool":
      return boolReader(type, length);
    case "int32":
      return int32Reader(type, length);
    case "int64":
      return int64Reader(type, length);
    case "float64":
      return float64Reader(type, length);
    case "date":
      return dateReader(type, length);
    case "timestamp":
      return timestampReader(type, length);
    default:
      throw new Error(`Broken invariant: analysis let text be read as ${formatType(type)}`);
  }
}

function boolReader(type: DataType, length: number): TextReader {
  const values = allocateBytes(length);
  return {
    column: { ...noNulls(type, length), layout: "bool", values },
    read(bytes, [from, to], row) {
      const value = parseBool(bytes, from, to);
      values[row] = value & 1;
      return value >= 0;
    },
  };
}

function int32Reader(type: DataType, length: number): TextReader {
  const values = allocateInt32(length);
  const parser = new IntegerParser();
  return {
    column: { ...noNulls(type, length), layout: "int32", values },
    read(bytes, [from, to], row) {
      if (!parser.parse(bytes, from, to)) return false;
      values[row] = parser.value();
      return values[row] === parser.value();
    },
  };
}

function int64Reader(type: DataType, length: number): TextReader {
  const values = allocateInt64(length);
  const parser = new IntegerParser();
  return {
    column: { ...noNulls(type, length), layout: "int64", values },
    read(bytes, [from, to], row) {
      if (!parser.parse(bytes, from, to)) return false;
      const value = parser.bigValue();
      values[row] = value;
      return values[row] === value;
    },
  };
}

function float64Reader(type: DataType, length: number): TextReader {
  const values = allocateFloat64(length);
  const parser = new DoubleParser();
  return {
    column: { ...noNulls(type, length), layout: "float64", values },
    read(bytes, [from, to], row) {
      if (!parser.parse(bytes, from, to)) return false;
      values[row] = parser.value;
      return true;
    },
  };
}

function dateReader(type: DataType, length: number): TextReader {
  const values = allocateInt32(length);
  const scanner = new TimeScanner();
  return {
    column: { ...noNulls(type, length), layout: "int32", values },
    read(bytes, [from, to], row) {
      if (!scanner.date(bytes, from, to)) return false;
      values[row] = scanner.days;
      return true;
    },
  };
}

/** Text without a zone is wall-clock time of the type's zone. */
function timestampReader(type: TimestampType, length: number): TextReader {
  const values = allocateInt64(length);
  const scanner = new TimeScanner();
  return {
    column: { ...noNulls(type, length), layout: "int64", values },
    read(bytes, [from, to], row) {
      if (!scanner.timestamp(bytes, from, to)) return false;
      const micros = writtenMicros(scanner, bytes, type.zone);
      if (Number.isNaN(micros)) return false;
      values[row] = Number.isSafeInteger(micros) ? BigInt(micros) : exactMicros(scanner, bytes, type.zone);
      return true;
    },
  };
}
