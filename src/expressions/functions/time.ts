import type { TimestampType } from "../../types/data-type.js";
import type { ColumnOrName, NameTerm } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { Op, Typed } from "../column-term.js";
import type { DateTruncUnit } from "../date-trunc-unit.js";
import { toColumn } from "../to-column.js";

type One<F extends string, C> = Column<Op<F, readonly [NameTerm<C>]>>;

/** ISO 8601 with an optional zone, or a pattern of yyyy MM dd HH mm ss SSS X. */
export function toTimestamp<C extends ColumnOrName>(text: C, format?: string): One<"toTimestamp", C> {
  return toColumn(text).toTimestamp(format);
}
export function toDate<C extends ColumnOrName>(text: C, format?: string): One<"toDate", C> {
  return toColumn(text).toDate(format);
}
/** The instant at which the unit began, in UTC or in `zone`. */
export function dateTrunc<C extends ColumnOrName>(unit: DateTruncUnit, time: C, zone?: string): One<"dateTrunc", C> {
  return toColumn(time).dateTrunc(unit, zone);
}
export function addInterval<C extends ColumnOrName>(time: C, interval: string): One<"addInterval", C> {
  return toColumn(time).addInterval(interval);
}
export function year<C extends ColumnOrName>(time: C): One<"year", C> {
  return toColumn(time).year();
}
export function quarter<C extends ColumnOrName>(time: C): One<"quarter", C> {
  return toColumn(time).quarter();
}
export function month<C extends ColumnOrName>(time: C): One<"month", C> {
  return toColumn(time).month();
}
export function dayOfMonth<C extends ColumnOrName>(time: C): One<"dayOfMonth", C> {
  return toColumn(time).dayOfMonth();
}
/** 1 = Sunday. */
export function dayOfWeek<C extends ColumnOrName>(time: C): One<"dayOfWeek", C> {
  return toColumn(time).dayOfWeek();
}
export function hour<C extends ColumnOrName>(time: C): One<"hour", C> {
  return toColumn(time).hour();
}
export function minute<C extends ColumnOrName>(time: C): One<"minute", C> {
  return toColumn(time).minute();
}
export function second<C extends ColumnOrName>(time: C): One<"second", C> {
  return toColumn(time).second();
}
/** The wall-clock time in `zone` of a UTC instant. */
export function fromUtcTimestamp<C extends ColumnOrName>(time: C, zone: string): One<"fromUtcTimestamp", C> {
  return toColumn(time).fromUtcTimestamp(zone);
}
/** The UTC instant of a wall-clock time in `zone`. */
export function toUtcTimestamp<C extends ColumnOrName>(time: C, zone: string): One<"toUtcTimestamp", C> {
  return toColumn(time).toUtcTimestamp(zone);
}
/** The last instant of a window: its end less a microsecond. Later windows are built on it. */
export function windowTime<C extends ColumnOrName>(window: C): One<"windowTime", C> {
  return toColumn(window).windowTime();
}
/** The time of the trigger: one value per trigger, the same in a replay. */
export function now(): Column<Typed<TimestampType>> {
  return new Column({ kind: "call", name: "now", args: [] });
}
