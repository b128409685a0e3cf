import type {
  BinaryType,
  BoolType,
  DataType,
  DateType,
  DecimalType,
  DictionaryType,
  DurationType,
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
  StructType,
  TimestampType,
  Uint8Type,
  Uint16Type,
  Uint32Type,
  Uint64Type,
  Utf8Type,
} from "./data-type.js";

/** How values stand in row objects, where there is a choice (columnar/to-objects.ts). */
export interface RowShape {
  readonly int64: "number" | "bigint";
  readonly timestamp: "date" | "micros" | "iso";
}

export interface DefaultRowShape {
  readonly int64: "number";
  readonly timestamp: "date";
}

type Int64Value<S extends RowShape> = S["int64"] extends "bigint" ? bigint : number;
type TimestampValue<S extends RowShape> = S["timestamp"] extends "micros"
  ? bigint
  : S["timestamp"] extends "iso"
    ? string
    : Date;
/** Dates follow the timestamps: a Date at midnight UTC, days since 1970, or "2024-01-31". */
type DateValue<S extends RowShape> = S["timestamp"] extends "micros"
  ? number
  : S["timestamp"] extends "iso"
    ? string
    : Date;

/** The JavaScript value of a type in a row object; `T | NullType` gives `... | null`. */
export type ValueOf<T extends DataType, S extends RowShape = DefaultRowShape> = T extends NullType
  ? null
  : T extends Utf8Type
    ? string
    : T extends Int8Type | Int16Type | Int32Type | Uint8Type | Uint16Type | Uint32Type | Float32Type | Float64Type
      ? number
      : T extends Int64Type | Uint64Type
        ? Int64Value<S>
        : T extends TimestampType
          ? TimestampValue<S>
          : T extends BoolType
            ? boolean
            : T extends DateType
              ? DateValue<S>
              : T extends BinaryType
                ? Uint8Array
                : T extends ListType<infer E>
                  ? (ValueOf<E, S> | (T extends { readonly containsNull: false } ? never : null))[]
                  : T extends StructType<infer M>
                    ? RowOf<M, S>
                    : T extends DecimalType
                      ? string
                      : T extends DurationType
                        ? bigint
                        : T extends MapType
                          ? Map<unknown, unknown>
                          : T extends DictionaryType
                            ? unknown
                            : never;

/** A row object of the columns, or the value of a struct with these members. */
export type RowOf<M extends MemberTypes, S extends RowShape = DefaultRowShape> = { [N in keyof M]: ValueOf<M[N], S> };
