import type {
  BinaryType,
  BoolType,
  DataType,
  DateType,
  DecimalType,
  DictionaryType,
  DurationType,
  Field,
  Float32Type,
  Float64Type,
  Int8Type,
  Int16Type,
  Int32Type,
  Int64Type,
  ListType,
  MapType,
  MemberTypes,
  NullType,
  Schema,
  StructType,
  TimestampType,
  Uint8Type,
  Uint16Type,
  Uint32Type,
  Uint64Type,
  Utf8Type,
} from "./data-type.js";
import { requireUniqueNames } from "./schema.js";

// Types are frozen and, where they have no parameters, one shared instance: comparing them is cheap and nobody can change them.
const NULL: NullType = Object.freeze({ kind: "null" });
const BOOL: BoolType = Object.freeze({ kind: "bool" });
const INT8: Int8Type = Object.freeze({ kind: "int8" });
const INT16: Int16Type = Object.freeze({ kind: "int16" });
const INT32: Int32Type = Object.freeze({ kind: "int32" });
const INT64: Int64Type = Object.freeze({ kind: "int64" });
const UINT8: Uint8Type = Object.freeze({ kind: "uint8" });
const UINT16: Uint16Type = Object.freeze({ kind: "uint16" });
const UINT32: Uint32Type = Object.freeze({ kind: "uint32" });
const UINT64: Uint64Type = Object.freeze({ kind: "uint64" });
const FLOAT32: Float32Type = Object.freeze({ kind: "float32" });
const FLOAT64: Float64Type = Object.freeze({ kind: "float64" });
const UTF8: Utf8Type = Object.freeze({ kind: "utf8" });
const BINARY: BinaryType = Object.freeze({ kind: "binary" });
const DATE: DateType = Object.freeze({ kind: "date" });
const DURATION: DurationType = Object.freeze({ kind: "duration" });
const TIMESTAMP_UTC: TimestampType = Object.freeze({ kind: "timestamp", zone: "UTC" });

export const nullType = (): NullType => NULL;
export const bool = (): BoolType => BOOL;
export const int8 = (): Int8Type => INT8;
export const int16 = (): Int16Type => INT16;
export const int32 = (): Int32Type => INT32;
export const int64 = (): Int64Type => INT64;
export const uint8 = (): Uint8Type => UINT8;
export const uint16 = (): Uint16Type => UINT16;
export const uint32 = (): Uint32Type => UINT32;
export const uint64 = (): Uint64Type => UINT64;
export const float32 = (): Float32Type => FLOAT32;
export const float64 = (): Float64Type => FLOAT64;
export const utf8 = (): Utf8Type => UTF8;
export const binary = (): BinaryType => BINARY;
/** Days since 1970, without a time or a zone. */
export const date = (): DateType => DATE;
/** Microseconds. */
export const duration = (): DurationType => DURATION;

/** An instant in microseconds, shown on the clock of `zone`; null: wall-clock time that is no instant (Spark's timestamp_ntz). */
export function timestamp(zone: string | null = "UTC"): TimestampType {
  return zone === "UTC" ? TIMESTAMP_UTC : Object.freeze({ kind: "timestamp", zone });
}

export function decimal128(precision: number, scale: number): DecimalType {
  return Object.freeze({ kind: "decimal128", precision, scale });
}

export function list<E extends DataType>(element: E, containsNull = true): ListType<E> {
  return Object.freeze({ kind: "list", element, containsNull });
}

export function map(key: DataType, value: DataType, valueContainsNull = true): MapType {
  return Object.freeze({ kind: "map", key, value, valueContainsNull });
}

export function dictionary(value: DataType): DictionaryType {
  return Object.freeze({ kind: "dictionary", value });
}

/** A type in a record of columns or members that is never NULL. */
export interface RequiredType<T extends DataType = DataType> {
  readonly kind: "required";
  readonly type: T;
}

/**
 * Marks a column of `schemaOf` or a member of `struct` as never NULL; unmarked ones may be.
 * @example schemaOf({ id: required(int64()), name: utf8() })
 */
export function required<T extends DataType>(type: T): RequiredType<T> {
  return Object.freeze({ kind: "required", type });
}

/** Columns by name, in order. */
export type FieldRecord = Readonly<Record<string, DataType | RequiredType | Field>>;

/** The compiler's view of a record of columns: `T` of a required one, `T | NullType` of any other. */
export type MembersOf<R extends FieldRecord> = {
  readonly [N in keyof R]: R[N] extends RequiredType<infer T> ? T : R[N] extends DataType ? R[N] | NullType : DataType;
};

/** A schema whose columns the compiler knows. `M` exists for the compiler only. */
export interface TypedSchema<M extends MemberTypes = MemberTypes> extends Schema {
  readonly [columnTypes]?: M;
}
declare const columnTypes: unique symbol;

export function struct<R extends FieldRecord>(fields: R): StructType<MembersOf<R>> {
  return Object.freeze({ kind: "struct", fields: fieldsOf(fields, "A struct") });
}

export function field(name: string, type: DataType, nullable = true): Field {
  return Object.freeze({ name, type, nullable });
}

/** @throws AnalysisError COLUMN_DUPLICATE when two fields share a name. */
export function schema(fields: readonly Field[]): Schema {
  return Object.freeze({ fields: requireUniqueNames(Object.freeze([...fields]), "The schema") });
}

/** A schema from columns by name; columns may be NULL unless wrapped in `required`. */
export function schemaOf<R extends FieldRecord>(columns: R): TypedSchema<MembersOf<R>> {
  return Object.freeze({ fields: fieldsOf(columns, "The schema") });
}

function fieldsOf(columns: FieldRecord, owner: string): readonly Field[] {
  const fields = Object.entries(columns).map(([name, type]) => fieldOf(name, type));
  return requireUniqueNames(Object.freeze(fields), owner);
}

function fieldOf(name: string, type: DataType | RequiredType | Field): Field {
  if (!("kind" in type)) return type;
  return type.kind === "required" ? field(name, type.type, false) : field(name, type);
}
