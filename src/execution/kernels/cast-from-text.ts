import { allocateBytes, allocateFloat64, allocateInt32, allocateInt64 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { plainColumn } from "../../columnar/decode-dictionary.js";
import { decodeText } from "../../columnar/decode-text.js";
import { nullColumn } from "../../columnar/null-column.js";
import { countedValidity, validityBytes } from "../../columnar/validity.js";
import { formatType } from "../../types/format-type.js";
import type { BinaryType, DataType, TimestampType } from "../../types/data-type.js";
import { IntegerParser } from "./parse-integer.js";
import { parseBool } from "./parse-bool.js";
import { DoubleParser } from "./parse-double.js";
import { type TextView, textView } from "./text-view.js";
import { TimeScanner } from "./time-scanner.js";
import type { Fail, Rows } from "./vector-kernel.js";
import { exactMicros, writtenMicros } from "./written-zone.js";

/** A cast of text. `safe`: NULL where the text is no such value, else CAST_INVALID. */
export interface TextCast {
  readonly column: Column;
  readonly rows: Rows;
  readonly length: number;
  readonly type: DataType;
  readonly safe: boolean;
  readonly fail: Fail;
}

/** Takes one value out of bytes[from, to) and stores it at `row`; false where there is none. */
type ReadRow = (bytes: Uint8Array, range: readonly [number, number], row: number) => boolean;

/** CAST(text AS bool, int32, int64, float64, date, timestamp, binary), blanks around passed over, as Spark's ANSI mode reads it. */
export function castFromText(cast: TextCast): Column {
  const { column, length, type } = cast;
  if (column.layout === "null") return nullColumn(type, length);
  switch (type.kind) {
    case "bool":
      return castToBool(cast);
    case "int32":
      return castToInt32(cast);
    case "int64":
      return castToInt64(cast);
    case "float64":
      return castToFloat64(cast);
    case "date":
      return castToDate(cast);
    case "timestamp":
      return castToTimestamp(cast, type);
    case "binary":
      return castToBinary(column, type);
    default:
      throw new Error(`Broken invariant: analysis let a cast of text to ${formatType(type)} pass`);
  }
}

function castToBool(cast: TextCast): Column {
  const values = allocateBytes(cast.length);
  const base = readRows(cast, (bytes, [from, to], row) => {
    const value = parseBool(bytes, from, to);
    values[row] = value & 1;
    return value >= 0;
  });
  return { ...base, layout: "bool", values };
}

function castToInt32(cast: TextCast): Column {
  const values = allocateInt32(cast.length);
  const parser = new IntegerParser();
  const base = readRows(cast, (bytes, [from, to], row) => {
    if (!parser.parse(bytes, from, to)) return false;
    values[row] = parser.value();
    return values[row] === parser.value();
  });
  return { ...base, layout: "int32", values };
}

function castToInt64(cast: TextCast): Column {
  const values = allocateInt64(cast.length);
  const parser = new IntegerParser();
  const base = readRows(cast, (bytes, [from, to], row) => {
    if (!parser.parse(bytes, from, to)) return false;
    const value = parser.bigValue();
    values[row] = value;
    return values[row] === value;
  });
  return { ...base, layout: "int64", values };
}

function castToFloat64(cast: TextCast): Column {
  const values = allocateFloat64(cast.length);
  const parser = new DoubleParser();
  const base = readRows(cast, (bytes, [from, to], row) => {
    if (!parser.parse(bytes, from, to)) return false;
    values[row] = parser.value;
    return true;
  });
  return { ...base, layout: "float64", values };
}

function castToDate(cast: TextCast): Column {
  const values = allocateInt32(cast.length);
  const scanner = new TimeScanner();
  const base = readRows(cast, (bytes, [from, to], row) => {
    if (!scanner.date(bytes, from, to)) return false;
    values[row] = scanner.days;
    return true;
  });
  return { ...base, layout: "int32", values };
}

/** Text without a zone is wall-clock time of the type's zone. */
function castToTimestamp(cast: TextCast, { zone }: TimestampType): Column {
  const values = allocateInt64(cast.length);
  const scanner = new TimeScanner();
  const base = readRows(cast, (bytes, [from, to], row) => {
    if (!scanner.timestamp(bytes, from, to)) return false;
    const micros = writtenMicros(scanner, bytes, zone);
    if (Number.isNaN(micros)) return false;
    values[row] = Number.isSafeInteger(micros) ? BigInt(micros) : exactMicros(scanner, bytes, zone);
    return true;
  });
  return { ...base, layout: "int64", values };
}

function castToBinary(column: Column, type: BinaryType): Column {
  const plain = plainColumn(column);
  return plain.layout === "bytes" ? { ...plain, type } : nullColumn(type, column.length);
}

function readRows(
  { column, rows, length, type, safe, fail }: TextCast,
  read: ReadRow,
): Pick<Column, "type" | "length" | "nullCount" | "validity"> {
  const { validity, nullCount } = column;
  const view = textView(column);
  const { bytes, offsets, indices } = view;
  const range: [number, number] = [0, 0];
  let failed: Uint8Array | null = null;
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    if (validity !== null && validity[row] === 0) continue;
    const entry = indices === null ? row : indices[row];
    range[0] = offsets[entry];
    range[1] = offsets[entry + 1];
    if (read(bytes, range, row)) continue;
    if (!safe) fail("CAST_INVALID", `'${shownText(view, entry)}' is no ${formatType(type)}`, row);
    failed ??= validityBytes(null, length);
    failed[row] = 0;
  }
  if (failed === null) return { type, length, validity, nullCount };
  if (validity !== null) for (let i = 0; i < length; i++) failed[i] &= validity[i];
  return { type, length, ...countedValidity(failed, length) };
}

/** Enough of the text to find it again. */
function shownText({ bytes, offsets }: TextView, entry: number): string {
  const text = decodeText(bytes, offsets[entry], offsets[entry + 1]);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
