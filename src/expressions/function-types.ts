import type {
  BinaryType,
  BoolType,
  DataType,
  DateType,
  Float64Type,
  Int32Type,
  Int64Type,
  ListType,
  NullType,
  StructType,
  TimestampType,
  Utf8Type,
} from "../types/data-type.js";

/** Any number that this version carries. */
export type NumberType = Int32Type | Int64Type | Float64Type;
export type TimeType = TimestampType | DateType;
type Printable = BoolType | NumberType | Utf8Type | TimeType;

/** A list without NULLs in it. */
export type FullList<E extends DataType> = ListType<E> & { readonly containsNull: false };

/** The struct that window and sessionWindow give. */
export type WindowType = StructType<{ readonly start: TimestampType; readonly end: TimestampType }>;

/**
 * What the compiler knows of a function: the types its column arguments may have (constants are checked by the parameter
 * itself), those in words, and its result: a type (NULL if an argument is NULL) or the name of a rule of Give.
 */
export interface Rule<Takes, Words extends string, Gives> {
  readonly takes: Takes;
  readonly words: Words;
  readonly gives: Gives;
}

type OnText<Gives> = Rule<Utf8Type, "text", Gives>;
type OnTime<Gives> = Rule<TimeType, "a timestamp or a date", Gives>;
type OnNumber<Gives> = Rule<NumberType, "a number", Gives>;
type OnAny<Gives> = Rule<DataType, "any value", Gives>;

/** The signatures of definitions/, for the compiler. test/types/function-types.test.ts compares the two. */
export interface FunctionTypes {
  plus: OnNumber<"common">;
  minus: OnNumber<"common">;
  times: OnNumber<"common">;
  dividedBy: OnNumber<Float64Type>;
  mod: OnNumber<"common">;
  negate: OnNumber<"same">;
  eq: OnAny<"compare">;
  ne: OnAny<"compare">;
  lt: OnAny<"compare">;
  le: OnAny<"compare">;
  gt: OnAny<"compare">;
  ge: OnAny<"compare">;
  between: OnAny<"compare">;
  isin: OnAny<"compare">;
  eqNullSafe: OnAny<"compareNullSafe">;
  and: Rule<BoolType, "a condition", BoolType>;
  or: Rule<BoolType, "a condition", BoolType>;
  not: Rule<BoolType, "a condition", BoolType>;
  isNull: OnAny<"test">;
  isNotNull: OnAny<"test">;
  isNaN: OnNumber<"test">;
  coalesce: OnAny<"coalesce">;
  greatest: OnAny<"coalesce">;
  least: OnAny<"coalesce">;
  abs: OnNumber<"same">;
  floor: OnNumber<"whole">;
  ceil: OnNumber<"whole">;
  round: OnNumber<"same">;
  upper: OnText<Utf8Type>;
  lower: OnText<Utf8Type>;
  length: OnText<Int32Type>;
  trim: OnText<Utf8Type>;
  substring: OnText<Utf8Type>;
  concat: Rule<Printable, "values that print as text", Utf8Type>;
  split: OnText<FullList<Utf8Type>>;
  startsWith: OnText<BoolType>;
  endsWith: OnText<BoolType>;
  contains: OnText<BoolType>;
  toTimestamp: Rule<Utf8Type | TimeType, "text, a date or a timestamp", TimestampType>;
  toDate: Rule<Utf8Type | TimeType, "text, a date or a timestamp", DateType>;
  dateTrunc: OnTime<TimestampType>;
  addInterval: OnTime<TimestampType>;
  fromUtcTimestamp: OnTime<TimestampType>;
  toUtcTimestamp: OnTime<TimestampType>;
  year: OnTime<Int32Type>;
  quarter: OnTime<Int32Type>;
  month: OnTime<Int32Type>;
  dayOfMonth: OnTime<Int32Type>;
  dayOfWeek: OnTime<Int32Type>;
  hour: OnTime<Int32Type>;
  minute: OnTime<Int32Type>;
  second: OnTime<Int32Type>;
  windowTime: Rule<WindowType, "a window", TimestampType>;
  size: Rule<ListType, "a list", Int32Type>;
  elementAt: Rule<ListType, "a list", "element">;
  struct: OnAny<"struct">;
  getField: Rule<StructType, "a struct", "member">;
  cast: OnAny<"cast">;
  tryCast: OnAny<"tryCast">;
  fromJson: Rule<Utf8Type | BinaryType, "text or binary", "tryCast">;
  toJson: Rule<StructType | ListType, "a struct or a list", Utf8Type>;
  fromArrowIpc: Rule<BinaryType, "binary", "tryCast">;
  toArrowIpc: Rule<
    StructType | FullList<StructType>,
    "a struct, or a list of structs of which none can be NULL",
    BinaryType
  >;
  filter: Rule<BoolType, "a condition", BoolType>;
  when: Rule<BoolType, "a condition", BoolType>;
  // In a projection or a group key only:
  explode: Rule<ListType, "a list", "exploded">;
  explodeOuter: Rule<ListType, "a list", "elementOrNull">;
  window: Rule<TimeType | WindowType, "a timestamp or a window", "window">;
  sessionWindow: Rule<TimeType | WindowType, "a timestamp or a window", "window">;
}

/** The same for aggregates. */
export interface AggregateTypes {
  count: OnAny<"count">;
  countDistinct: OnAny<"count">;
  sum: OnNumber<"sum">;
  avg: OnNumber<Float64Type | NullType>;
  min: OnAny<"sameOrNull">;
  max: OnAny<"sameOrNull">;
  first: OnAny<"sameOrNull">;
  last: OnAny<"sameOrNull">;
  user: OnAny<"tryCast">;
}
