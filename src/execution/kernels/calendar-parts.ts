import { allocateInt32 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { civilFromDays, weekdayOfDays } from "../../types/civil.js";
import { argumentValidity } from "./argument-validity.js";
import { dayAt, instantsOf } from "./instant-values.js";
import type { Rows, VectorCall, VectorKernel } from "./vector-kernel.js";

// Parts of the UTC calendar, of dates and of timestamps. Rows that follow each other mostly lie on one day: the part of the
// last day is kept.

type PartOfDay = (days: number) => number;
const civil = new Int32Array(3);

export const yearKernel: VectorKernel = (call) => partOfDay(call, (days) => civilOf(days)[0]);
export const quarterKernel: VectorKernel = (call) => partOfDay(call, (days) => Math.floor((civilOf(days)[1] + 2) / 3));
export const monthKernel: VectorKernel = (call) => partOfDay(call, (days) => civilOf(days)[1]);
export const dayOfMonthKernel: VectorKernel = (call) => partOfDay(call, (days) => civilOf(days)[2]);
/** 1 = Sunday ... 7 = Saturday, as in Spark. */
export const dayOfWeekKernel: VectorKernel = (call) => partOfDay(call, (days) => (weekdayOfDays(days) % 7) + 1);

function civilOf(days: number): Int32Array {
  civilFromDays(days, civil);
  return civil;
}

function partOfDay({ args, expression, length, rows }: VectorCall, part: PartOfDay): Column {
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const [column] = args;
  const values = allocateInt32(length);
  if (column.layout === "int32") partsOfDates(column.values, rows, { values, part });
  else partsOfInstants(column, rows, { values, part });
  return { layout: "int32", type: expression.type, length, ...validity, values };
}

interface Target {
  readonly values: Int32Array;
  readonly part: PartOfDay;
}

function partsOfDates(dates: Int32Array, rows: Rows, { values, part }: Target): void {
  let last = 0;
  let lastPart = part(0);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    const days = dates[row];
    if (days !== last) lastPart = part(days);
    last = days;
    values[row] = lastPart;
  }
}

function partsOfInstants(column: Column, rows: Rows, { values, part }: Target): void {
  const instants = instantsOf(column);
  let last = 0;
  let lastPart = part(0);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    const days = dayAt(instants, row);
    if (days !== last) lastPart = part(days);
    last = days;
    values[row] = lastPart;
  }
}
