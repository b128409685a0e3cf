import { type AnyColumn, type Operand, type ValueTerm, valueExpression } from "./column-argument.js";
import type { Column } from "./column-expression.js";
import { ColumnOperators } from "./column-operators.js";
import type { Op } from "./column-term.js";
import type { DateTruncUnit } from "./date-trunc-unit.js";
import type { Expression } from "./expression.js";
import type { FullList } from "./function-types.js";
import { literalOf } from "./literal-of.js";
import { type TypeArgument, type TypeOfArgument, typeOfArgument } from "./type-argument.js";
import { typeToText } from "./type-text.js";

type One<F extends string, E> = Column<Op<F, readonly [E]>>;
type Two<F extends string, E, X> = Column<Op<F, readonly [E, ValueTerm<X>]>>;

/** The functions of a Column: numbers, text, time, nested values, JSON. */
export abstract class ColumnFunctions<E> extends ColumnOperators<E> {
  abs(): One<"abs", E> {
    return this.apply("abs");
  }
  floor(): One<"floor", E> {
    return this.apply("floor");
  }
  ceil(): One<"ceil", E> {
    return this.apply("ceil");
  }
  /** To `places` decimal places, halves away from zero. */
  round(places = 0): One<"round", E> {
    return this.apply("round", literalOf(places));
  }

  upper(): One<"upper", E> {
    return this.apply("upper");
  }
  lower(): One<"lower", E> {
    return this.apply("lower");
  }
  /** In code points. */
  length(): One<"length", E> {
    return this.apply("length");
  }
  trim(): One<"trim", E> {
    return this.apply("trim");
  }
  /** From code point `position` (from 1; negative from the end), `length` of them or to the end. */
  substring(position: AnyColumn | number, length?: AnyColumn | number): One<"substring", E> {
    return this.apply("substring", valueExpression(position), ...given(length));
  }
  /** Cut at a regular expression (RE2 syntax), into at most `limit` pieces. */
  split(pattern: string, limit?: number): One<"split", E> {
    return this.apply("split", literalOf(pattern), ...given(limit));
  }
  startsWith<X extends AnyColumn | string>(prefix: X): Two<"startsWith", E, X> {
    return this.apply("startsWith", valueExpression(prefix));
  }
  endsWith<X extends AnyColumn | string>(suffix: X): Two<"endsWith", E, X> {
    return this.apply("endsWith", valueExpression(suffix));
  }
  contains<X extends AnyColumn | string>(part: X): Two<"contains", E, X> {
    return this.apply("contains", valueExpression(part));
  }

  /** ISO 8601 with an optional zone, or a pattern of yyyy MM dd HH mm ss SSS X. */
  toTimestamp(format?: string): One<"toTimestamp", E> {
    return this.apply("toTimestamp", ...given(format));
  }
  toDate(format?: string): One<"toDate", E> {
    return this.apply("toDate", ...given(format));
  }
  /** The instant at which the unit began, in UTC or in `zone`. */
  dateTrunc(unit: DateTruncUnit, zone?: string): One<"dateTrunc", E> {
    return this.derive({ kind: "call", name: "dateTrunc", args: [literalOf(unit), this.expression, ...given(zone)] });
  }
  addInterval(interval: string): One<"addInterval", E> {
    return this.apply("addInterval", literalOf(interval));
  }
  year(): One<"year", E> {
    return this.apply("year");
  }
  quarter(): One<"quarter", E> {
    return this.apply("quarter");
  }
  month(): One<"month", E> {
    return this.apply("month");
  }
  dayOfMonth(): One<"dayOfMonth", E> {
    return this.apply("dayOfMonth");
  }
  /** 1 = Sunday. */
  dayOfWeek(): One<"dayOfWeek", E> {
    return this.apply("dayOfWeek");
  }
  hour(): One<"hour", E> {
    return this.apply("hour");
  }
  minute(): One<"minute", E> {
    return this.apply("minute");
  }
  second(): One<"second", E> {
    return this.apply("second");
  }
  /** The wall-clock time in `zone` of a UTC instant. */
  fromUtcTimestamp(zone: string): One<"fromUtcTimestamp", E> {
    return this.apply("fromUtcTimestamp", literalOf(zone));
  }
  /** The UTC instant of a wall-clock time in `zone`. */
  toUtcTimestamp(zone: string): One<"toUtcTimestamp", E> {
    return this.apply("toUtcTimestamp", literalOf(zone));
  }
  /** The last instant of a window: its end less a microsecond. */
  windowTime(): One<"windowTime", E> {
    return this.apply("windowTime");
  }

  size(): One<"size", E> {
    return this.apply("size");
  }
  /** Position from 1, negative from the end; outside the list is an error. */
  elementAt(position: AnyColumn | number): One<"elementAt", E> {
    return this.apply("elementAt", valueExpression(position));
  }

  /** Text, or its bytes, parsed as `type` (a type or DDL); NULL where it is no such value. */
  fromJson<const T extends TypeArgument>(type: T): Column<Op<"fromJson", readonly [E], TypeOfArgument<T>>> {
    return this.apply("fromJson", literalOf(typeToText(typeOfArgument(type))));
  }
  toJson(): One<"toJson", E> {
    return this.apply("toJson");
  }
  /** Bytes of an Arrow IPC stream as a list of its rows, structs of `type`; NULL where they are no such stream. */
  fromArrowIpc<const T extends TypeArgument>(
    type: T,
  ): Column<Op<"fromArrowIpc", readonly [E], FullList<TypeOfArgument<T>>>> {
    return this.apply("fromArrowIpc", literalOf(typeToText(typeOfArgument(type))));
  }
  /** A struct as an Arrow IPC stream of one row, a list of structs as one of as many. */
  toArrowIpc(): One<"toArrowIpc", E> {
    return this.apply("toArrowIpc");
  }
}

function given(constant: Operand | undefined): Expression[] {
  return constant === undefined ? [] : [valueExpression(constant)];
}
