import type {
  BinaryType,
  BoolType,
  DataType,
  DateType,
  Float64Type,
  Int32Type,
  Int64Type,
  TimestampType,
  Utf8Type,
} from "../types/data-type.js";
import { typeFromDdl } from "./type-text.js";

/** A type as a user gives it: a type, or DDL ("int", "array<string>", "user string, amount double"). */
export type TypeArgument = DataType | string;

/** Type names that the compiler can read. */
interface TypeNames {
  boolean: BoolType;
  int: Int32Type;
  integer: Int32Type;
  bigint: Int64Type;
  long: Int64Type;
  double: Float64Type;
  string: Utf8Type;
  binary: BinaryType;
  date: DateType;
  timestamp: TimestampType;
}

/** The type behind a type argument; other DDL may be anything. */
export type TypeOfArgument<T> = T extends keyof TypeNames ? TypeNames[T] : T extends DataType ? T : DataType;

export function typeOfArgument(type: TypeArgument): DataType {
  return typeof type === "string" ? typeFromDdl(type) : type;
}
