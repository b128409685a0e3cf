import type { FullList } from "../expressions/function-types.js";
import type {
  BinaryType,
  BoolType,
  DataType,
  DateType,
  Float64Type,
  Int32Type,
  Int64Type,
  ListType,
  MemberTypes,
  NullType,
  StructType,
  TimestampType,
  Utf8Type,
} from "../types/data-type.js";
import type { ValueOf } from "../types/row-type.js";

/** How row objects hold what JavaScript has no type for. */
export interface RowOptions {
  /** Default "number": a value beyond 2^53 is an error (INT64_UNSAFE). */
  readonly int64?: "number" | "bigint";
  /** Default "date". "micros" are bigint microseconds since 1970, "iso" ISO 8601 text. */
  readonly timestamp?: "date" | "micros" | "iso";
}

/** The row objects of a frame with columns S. Of a column that may be anything, the value is unknown. */
export type RowOf<S, O = RowOptions> = [S] extends [infer T extends MemberTypes]
  ? { [N in keyof T]: [DataType] extends [T[N]] ? unknown : ValueOf<T[N], ShapeOf<O>> }
  : never;

type ShapeOf<O> = {
  readonly int64: O extends { readonly int64: "bigint" } ? "bigint" : "number";
  readonly timestamp: O extends { readonly timestamp: infer T extends "micros" | "iso" } ? T : "date";
};

/** Column types that could hold the members of a row type: what `df.as<Row>()` makes of it. */
export type TypesOfRow<R> = { [N in keyof R]-?: TypesOfValue<R[N]> };

type TypesOfValue<V> = unknown extends V
  ? DataType
  : V extends null | undefined
    ? NullType
    : V extends boolean
      ? BoolType
      : V extends number
        ? Int32Type | Int64Type | Float64Type
        : V extends bigint
          ? Int64Type
          : V extends string
            ? Utf8Type
            : V extends Date
              ? TimestampType | DateType
              : V extends Uint8Array
                ? BinaryType
                : V extends readonly (infer E)[]
                  ? null extends E
                    ? ListType<TypesOfValue<E>>
                    : FullList<TypesOfValue<E>>
                  : V extends object
                    ? StructType<TypesOfRow<V> extends infer M extends MemberTypes ? M : MemberTypes>
                    : DataType;
