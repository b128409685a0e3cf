import { ExpressionError } from "../common/millrace-error.js";
import { unreachable } from "../common/unreachable.js";
import type { Field } from "../types/data-type.js";
import { isoDate, isoTimestamp } from "../types/iso-text.js";
import type { RowShape } from "../types/row-type.js";
import type { Chunk } from "./chunk.js";
import type { BytesColumn, Column, Int64Column, ListColumn, StructColumn } from "./column.js";
import { compactChunk } from "./compact.js";
import { decodeText } from "./decode-text.js";
import { sliceColumn } from "./slice.js";
import { countedValidity } from "./validity.js";

/** How int64, timestamps and dates stand in row objects; see RowShape. Default: number and Date. */
export interface RowObjectOptions {
  readonly int64?: RowShape["int64"] | undefined;
  readonly timestamp?: RowShape["timestamp"] | undefined;
}

const MS_PER_DAY = 86_400_000;
const MICROS_PER_MS = 1000n;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The selected rows as plain objects. int64 as number (INT64_UNSAFE beyond 2^53) or bigint; timestamps as Date (fractions
 * of a millisecond are cut off downwards), bigint microseconds or ISO text; dates alike as Date at midnight UTC, days
 * since 1970, or "2024-01-31"; structs as objects, lists as arrays.
 */
export function toObjects(chunk: Chunk, options: RowObjectOptions = {}): Record<string, unknown>[] {
  const { columns, length, schema } = compactChunk(chunk);
  const shape: RowShape = { int64: options.int64 ?? "number", timestamp: options.timestamp ?? "date" };
  const rows: Record<string, unknown>[] = Array.from({ length }, () => ({}));
  for (const [i, field] of schema.fields.entries()) {
    setMember(rows, field.name, objectValues(columns[i], { field, shape, path: field.name }));
  }
  return rows;
}

interface Place {
  readonly field: Pick<Field, "type">;
  readonly shape: RowShape;
  readonly path: string;
}

function setMember(rows: Record<string, unknown>[], name: string, values: readonly unknown[]): void {
  if (name === "__proto__") {
    for (let i = 0; i < rows.length; i++)
      Object.defineProperty(rows[i], name, { value: values[i], enumerable: true, configurable: true, writable: true });
    return;
  }
  for (let i = 0; i < rows.length; i++) rows[i][name] = values[i];
}

function objectValues(column: Column, place: Place): unknown[] {
  const values = rawValues(column, place);
  const { validity } = column;
  if (validity !== null) for (let i = 0; i < values.length; i++) if (validity[i] === 0) values[i] = null;
  return values;
}

function rawValues(column: Column, place: Place): unknown[] {
  switch (column.layout) {
    case "null":
      return new Array<unknown>(column.length).fill(null);
    case "bool":
      return collect(column.length, (i) => column.values[i] === 1);
    case "int32":
      return column.type.kind === "date"
        ? dateValues(column.values, column.length, place.shape)
        : collect(column.length, (i) => column.values[i]);
    case "int64":
      return column.type.kind === "timestamp"
        ? timestampValues(column, column.type.zone, place)
        : int64Values(column, place);
    case "float64":
      return collect(column.length, (i) => column.values[i]);
    case "bytes":
      return textValues(column);
    case "dictionary": {
      const texts = textValues(column.dictionary);
      return collect(column.length, (i) => texts[column.indices[i]]);
    }
    case "list":
      return listValues(column, place);
    case "struct":
      return structValues(column, place);
    default:
      return unreachable(column);
  }
}

function collect(length: number, valueAtRow: (i: number) => unknown): unknown[] {
  const values = new Array<unknown>(length);
  for (let i = 0; i < length; i++) values[i] = valueAtRow(i);
  return values;
}

function int64Values({ values, validity, length }: Int64Column, { shape, path }: Place): unknown[] {
  if (shape.int64 === "bigint") return collect(length, (i) => values[i]);
  return collect(length, (i) => {
    const value = values[i];
    const isSafe = value <= MAX_SAFE && value >= -MAX_SAFE;
    if (!isSafe && (validity === null || validity[i] === 1)) throw unsafeInt64(value, path, i);
    return Number(value);
  });
}

function unsafeInt64(value: bigint, path: string, row: number): ExpressionError {
  return new ExpressionError(
    "INT64_UNSAFE",
    `Row ${row} has ${value} in column '${path}', which a number cannot hold exactly.`,
    {
      hint: 'Ask for bigints with { int64: "bigint" }.',
    },
  );
}

function timestampValues({ values, length }: Int64Column, zone: string | null, { shape }: Place): unknown[] {
  switch (shape.timestamp) {
    case "micros":
      return collect(length, (i) => values[i]);
    case "iso":
      return collect(length, (i) => isoTimestamp(values[i], zone));
    case "date":
      return collect(length, (i) => new Date(floorMillis(values[i])));
    default:
      return unreachable(shape.timestamp);
  }
}

/** Whole milliseconds, downwards before 1970 too. */
function floorMillis(micros: bigint): number {
  const millis = micros / MICROS_PER_MS;
  return Number(millis * MICROS_PER_MS > micros ? millis - 1n : millis);
}

function dateValues(days: Int32Array, length: number, shape: RowShape): unknown[] {
  switch (shape.timestamp) {
    case "micros":
      return collect(length, (i) => days[i]);
    case "iso":
      return collect(length, (i) => isoDate(days[i]));
    case "date":
      return collect(length, (i) => new Date(days[i] * MS_PER_DAY));
    default:
      return unreachable(shape.timestamp);
  }
}

function textValues({ type, bytes, offsets, length }: BytesColumn): unknown[] {
  if (type.kind === "binary") return collect(length, (i) => bytes.slice(offsets[i], offsets[i + 1]));
  return collect(length, (i) => decodeText(bytes, offsets[i], offsets[i + 1]));
}

function listValues(column: ListColumn, { field, shape, path }: Place): unknown[] {
  if (field.type.kind !== "list") throw new Error("Broken invariant: a column of lists has a list type");
  const { offsets, length } = column;
  const first = offsets[0];
  const used = sliceColumn(column.elements, first, offsets[length]);
  const elements = objectValues(used, { field: { type: field.type.element }, shape, path: `${path}.element` });
  return collect(length, (i) => elements.slice(offsets[i] - first, offsets[i + 1] - first));
}

function structValues(column: StructColumn, { field, shape, path }: Place): unknown[] {
  if (field.type.kind !== "struct") throw new Error("Broken invariant: a column of structs has a struct type");
  const structs: Record<string, unknown>[] = Array.from({ length: column.length }, () => ({}));
  for (const [i, member] of field.type.fields.entries()) {
    const child = nulledAlong(column.children[i], column.validity);
    setMember(structs, member.name, objectValues(child, { field: member, shape, path: `${path}.${member.name}` }));
  }
  return structs;
}

/** A member is not looked at where its struct is NULL: whatever stands there must not be an error. */
function nulledAlong(child: Column, parent: Uint8Array | null): Column {
  if (parent === null || child.layout === "null") return child;
  const own = child.validity;
  const both = own === null ? parent : own.subarray(0, child.length).map((isValid, i) => isValid & parent[i]);
  return { ...child, ...countedValidity(both, child.length) };
}
