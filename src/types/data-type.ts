/**
 * The data types, as frozen plain data with a stable `kind` (their JSON form is themselves).
 * `timestamp` counts microseconds since 1970 UTC; `zone` is null for wall-clock time without a zone.
 * `date` counts days since 1970; `duration` counts microseconds.
 * `dictionary` exists so that a foreign schema can be named; inside, a dictionary column has type utf8 and
 * its own layout (columnar/column.ts).
 */
export type DataType =
  | NullType
  | BoolType
  | Int8Type
  | Int16Type
  | Int32Type
  | Int64Type
  | Uint8Type
  | Uint16Type
  | Uint32Type
  | Uint64Type
  | Float32Type
  | Float64Type
  | DecimalType
  | Utf8Type
  | BinaryType
  | DateType
  | TimestampType
  | DurationType
  | ListType
  | StructType
  | MapType
  | DictionaryType;

export interface NullType {
  readonly kind: "null";
}
export interface BoolType {
  readonly kind: "bool";
}
export interface Int8Type {
  readonly kind: "int8";
}
export interface Int16Type {
  readonly kind: "int16";
}
export interface Int32Type {
  readonly kind: "int32";
}
export interface Int64Type {
  readonly kind: "int64";
}
export interface Uint8Type {
  readonly kind: "uint8";
}
export interface Uint16Type {
  readonly kind: "uint16";
}
export interface Uint32Type {
  readonly kind: "uint32";
}
export interface Uint64Type {
  readonly kind: "uint64";
}
export interface Float32Type {
  readonly kind: "float32";
}
export interface Float64Type {
  readonly kind: "float64";
}
export interface DecimalType {
  readonly kind: "decimal128";
  readonly precision: number;
  readonly scale: number;
}
export interface Utf8Type {
  readonly kind: "utf8";
}
export interface BinaryType {
  readonly kind: "binary";
}
export interface DateType {
  readonly kind: "date";
}
export interface TimestampType {
  readonly kind: "timestamp";
  readonly zone: string | null;
}
export interface DurationType {
  readonly kind: "duration";
}
export interface ListType<E extends DataType = DataType> {
  readonly kind: "list";
  readonly element: E;
  readonly containsNull: boolean;
}
/** `M` exists for the compiler only: the members' types by name, `T | NullType` where a member may be NULL (types/row-type.ts). */
export interface StructType<M extends MemberTypes = MemberTypes> {
  readonly kind: "struct";
  readonly fields: readonly Field[];
  readonly [memberTypes]?: M;
}
export interface MapType {
  readonly kind: "map";
  readonly key: DataType;
  readonly value: DataType;
  readonly valueContainsNull: boolean;
}
export interface DictionaryType {
  readonly kind: "dictionary";
  readonly value: DataType;
}

/** Types by name, for the compiler: `T` of a column or member that is never NULL, `T | NullType` of one that may be. */
export interface MemberTypes {
  readonly [name: string]: DataType;
}
declare const memberTypes: unique symbol;

export type TypeKind = DataType["kind"];

/** One column of a schema, or one member of a struct. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** An ordered list of uniquely named fields. */
export interface Schema {
  readonly fields: readonly Field[];
}

/**
 * The kinds that this version carries through every operator. Every other kind has a name and is refused by it
 * (TYPE_NOT_SUPPORTED) wherever data enters.
 */
export const CARRIED_KINDS: readonly TypeKind[] = [
  "bool",
  "int32",
  "int64",
  "float64",
  "utf8",
  "binary",
  "date",
  "timestamp",
  "list",
  "struct",
];
