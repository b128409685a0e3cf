/**
 * Every scalar function, by its exported name. A definition (expressions/functions) and a kernel
 * (execution/kernels) exist for each: both are `Record<FunctionName, …>`, so a missing one does not compile.
 */
export type FunctionName =
  // arithmetic
  | "plus"
  | "minus"
  | "times"
  | "dividedBy"
  | "mod"
  | "negate"
  // comparison: NULL if either side is; eqNullSafe never is
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "eqNullSafe"
  // three-valued logic
  | "and"
  | "or"
  | "not"
  // NULL handling
  | "isNull"
  | "isNotNull"
  | "isNaN"
  | "coalesce"
  | "isin"
  | "greatest"
  | "least"
  // numbers
  | "abs"
  | "floor"
  | "ceil"
  | "round"
  // text
  | "upper"
  | "lower"
  | "length"
  | "trim"
  | "substring"
  | "concat"
  | "split"
  | "startsWith"
  | "endsWith"
  | "contains"
  // time
  | "toTimestamp"
  | "toDate"
  | "dateTrunc"
  | "year"
  | "quarter"
  | "month"
  | "dayOfMonth"
  | "dayOfWeek"
  | "hour"
  | "minute"
  | "second"
  | "addInterval"
  | "fromUtcTimestamp"
  | "toUtcTimestamp"
  | "windowTime"
  | "now"
  // nested
  | "size"
  | "elementAt"
  | "struct"
  // JSON
  | "fromJson"
  | "toJson"
  // Arrow IPC
  | "fromArrowIpc"
  | "toArrowIpc";
