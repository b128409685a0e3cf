import { AnalysisError } from "../common/millrace-error.js";
import { carriedHint } from "../types/carried.js";
import type { DataType, Field } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import { allocateBytes, allocateFloat64, allocateInt32, allocateInt64, allocateValidity } from "./buffers.js";
import type { Column } from "./column.js";
import { isDate } from "./infer-schema.js";
import { nullColumn } from "./null-column.js";
import { Utf8Builder } from "./utf8-builder.js";
import { countedValidity } from "./validity.js";

/** Which column, and which row of the input each value came from: for the error. */
export interface ValuePlace {
  readonly column: string;
  /** The row of values[i]; null: i itself. */
  readonly rows: Int32Array | null;
}

const MICROS_PER_MS = 1000n;
const MS_PER_DAY = 86_400_000;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * A column from users' values, each checked against the type: whole numbers for int32 and int64 (or bigints), numbers for
 * float64, Date (or bigint microseconds) for timestamps, Date or days since 1970 for dates, arrays, objects. null and
 * undefined are NULL.
 * @throws AnalysisError VALUE_TYPE_MISMATCH naming row, column, value and type; NULL_NOT_ALLOWED
 */
export function columnFromValues(
  values: readonly unknown[],
  field: Pick<Field, "type" | "nullable">,
  place: ValuePlace,
): Column {
  const { type } = field;
  const length = values.length;
  const validity = validityOf(values, field, place);
  const head = { type, length, ...countedValidity(validity, length) };
  const mismatch = (i: number): AnalysisError =>
    valueMismatch(values[i], type, { column: place.column, row: place.rows?.[i] ?? i });
  switch (type.kind) {
    case "bool":
      return { ...head, layout: "bool", values: boolsOf(values, mismatch) };
    case "int32":
      return { ...head, layout: "int32", values: int32sOf(values, mismatch) };
    case "date":
      return { ...head, layout: "int32", values: daysOf(values, mismatch) };
    case "int64":
      return { ...head, layout: "int64", values: int64sOf(values, mismatch) };
    case "timestamp":
      return { ...head, layout: "int64", values: microsOf(values, mismatch) };
    case "float64":
      return { ...head, layout: "float64", values: float64sOf(values, mismatch) };
    case "utf8":
      return { ...head, layout: "bytes", ...textsOf(values, mismatch) };
    case "binary":
      return { ...head, layout: "bytes", ...binariesOf(values, mismatch) };
    case "list":
      return { ...head, layout: "list", ...listsOf(values, type, { place, mismatch }) };
    case "struct":
      return { ...head, layout: "struct", children: membersOf(values, type, { place, mismatch }) };
    case "null":
      return head.nullCount === length ? nullColumn(type, length) : failAtFirst(values, mismatch);
    default:
      throw new AnalysisError(
        "TYPE_NOT_SUPPORTED",
        `Column '${place.column}' has type ${formatType(type)}, which is not supported yet.`,
        {
          hint: carriedHint(type),
        },
      );
  }
}

type Mismatch = (i: number) => AnalysisError;

interface Inner {
  readonly place: ValuePlace;
  readonly mismatch: Mismatch;
}

function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function validityOf(
  values: readonly unknown[],
  field: Pick<Field, "type" | "nullable">,
  place: ValuePlace,
): Uint8Array | null {
  const first = values.findIndex(isMissing);
  if (first < 0) return null;
  if (!field.nullable) {
    throw new AnalysisError(
      "NULL_NOT_ALLOWED",
      `Column '${place.column}' may not be NULL, but row ${place.rows?.[first] ?? first} has no value.`,
      {
        hint: "Give a value, or declare the column without required(...).",
      },
    );
  }
  const validity = allocateValidity(values.length);
  for (let i = first; i < values.length; i++) if (isMissing(values[i])) validity[i] = 0;
  return validity;
}

function failAtFirst(values: readonly unknown[], mismatch: Mismatch): never {
  throw mismatch(values.findIndex((value) => !isMissing(value)));
}

function boolsOf(values: readonly unknown[], mismatch: Mismatch): Uint8Array {
  const out = allocateBytes(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === true) out[i] = 1;
    else if (value !== false && !isMissing(value)) throw mismatch(i);
  }
  return out;
}

function int32sOf(values: readonly unknown[], mismatch: Mismatch): Int32Array {
  const out = allocateInt32(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = typeof values[i] === "bigint" ? Number(values[i]) : values[i];
    if (isMissing(value)) continue;
    if (typeof value !== "number" || (value | 0) !== value) throw mismatch(i);
    out[i] = value;
  }
  return out;
}

function int64sOf(values: readonly unknown[], mismatch: Mismatch): BigInt64Array {
  const out = allocateInt64(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isMissing(value)) continue;
    if (typeof value === "number" && Number.isSafeInteger(value)) out[i] = BigInt(value);
    else if (typeof value === "bigint" && isInt64(value)) out[i] = value;
    else throw mismatch(i);
  }
  return out;
}

function isInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64;
}

function float64sOf(values: readonly unknown[], mismatch: Mismatch): Float64Array {
  const out = allocateFloat64(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "number") out[i] = value;
    else if (!isMissing(value)) throw mismatch(i);
  }
  return out;
}

/** A Date's day is its UTC day. */
function daysOf(values: readonly unknown[], mismatch: Mismatch): Int32Array {
  const out = allocateInt32(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isMissing(value)) continue;
    const days = typeof value === "object" && isDate(value) ? Math.floor(value.getTime() / MS_PER_DAY) : value;
    if (typeof days !== "number" || (days | 0) !== days) throw mismatch(i);
    out[i] = days;
  }
  return out;
}

function microsOf(values: readonly unknown[], mismatch: Mismatch): BigInt64Array {
  const out = allocateInt64(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isMissing(value)) continue;
    if (typeof value === "bigint" && isInt64(value)) out[i] = value;
    else if (typeof value === "object" && isDate(value) && !Number.isNaN(value.getTime()))
      out[i] = BigInt(value.getTime()) * MICROS_PER_MS;
    else throw mismatch(i);
  }
  return out;
}

function textsOf(values: readonly unknown[], mismatch: Mismatch): { offsets: Int32Array; bytes: Uint8Array } {
  const texts = new Utf8Builder(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "string") texts.appendText(value);
    else if (isMissing(value)) texts.appendText("");
    else throw mismatch(i);
  }
  const { offsets, bytes } = texts.finish();
  return { offsets, bytes };
}

function binariesOf(values: readonly unknown[], mismatch: Mismatch): { offsets: Int32Array; bytes: Uint8Array } {
  const texts = new Utf8Builder(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value instanceof Uint8Array) texts.appendBytes(value, 0, value.length);
    else if (isMissing(value)) texts.appendText("");
    else throw mismatch(i);
  }
  const { offsets, bytes } = texts.finish();
  return { offsets, bytes };
}

function listsOf(
  values: readonly unknown[],
  type: Extract<DataType, { kind: "list" }>,
  inner: Inner,
): { offsets: Int32Array; elements: Column } {
  const offsets = allocateInt32(values.length + 1);
  const elements: unknown[] = [];
  const rows: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Array.isArray(value)) {
      for (const element of value) {
        elements.push(element);
        rows.push(inner.place.rows?.[i] ?? i);
      }
    } else if (!isMissing(value)) throw inner.mismatch(i);
    offsets[i + 1] = elements.length;
  }
  const place = { column: `${inner.place.column}.element`, rows: Int32Array.from(rows) };
  return { offsets, elements: columnFromValues(elements, { type: type.element, nullable: type.containsNull }, place) };
}

/** Members of a NULL struct are NULL, even where the type says they never are. */
function membersOf(
  values: readonly unknown[],
  type: Extract<DataType, { kind: "struct" }>,
  inner: Inner,
): readonly Column[] {
  const wrong = values.findIndex((value) => !isMissing(value) && !isPlainObject(value));
  if (wrong >= 0) throw inner.mismatch(wrong);
  const hasNull = values.some(isMissing);
  return type.fields.map((member) => {
    const members = values.map((value) => (isMissing(value) ? null : ownValue(value as object, member.name)));
    const place = { column: `${inner.place.column}.${member.name}`, rows: inner.place.rows };
    return columnFromValues(members, { type: member.type, nullable: member.nullable || hasNull }, place);
  });
}

function isPlainObject(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !isDate(value) && !ArrayBuffer.isView(value)
  );
}

/** A property of a row, its class's getters too, but none that every object has ("constructor"). */
export function ownValue(row: object, name: string): unknown {
  if (name in Object.prototype && !Object.hasOwn(row, name)) return undefined;
  return (row as Readonly<Record<string, unknown>>)[name];
}

function valueMismatch(value: unknown, type: DataType, at: { column: string; row: number }): AnalysisError {
  const what = `Row ${at.row} has ${describe(value)} in column '${at.column}' of type ${formatType(type)}.`;
  return new AnalysisError("VALUE_TYPE_MISMATCH", what, { hint: expected(type) });
}

function describe(value: unknown): string {
  if (typeof value === "string") return `the text '${value.length > 40 ? `${value.slice(0, 40)}...` : value}'`;
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? "an array" : isDate(value) ? `the Date ${String(value)}` : "an object";
  return `the ${typeof value} ${String(value)}`;
}

function expected(type: DataType): string {
  switch (type.kind) {
    case "int32":
      return "Give a whole number between -2147483648 and 2147483647.";
    case "int64":
      return "Give a whole number, or a bigint of 64 bits.";
    case "float64":
      return "Give a number.";
    case "timestamp":
      return "Give a Date, or a bigint of microseconds since 1970.";
    case "date":
      return "Give a Date (its UTC day counts), or the days since 1970.";
    case "list":
      return "Give an array.";
    case "struct":
      return "Give an object.";
    default:
      return `Give a value of type ${formatType(type)}.`;
  }
}
