import { allocateInt32 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { instantsOf, secondOfDayAt } from "./instant-values.js";
import type { VectorCall, VectorKernel } from "./vector-kernel.js";

/** A part of the UTC clock: floor(second of the day / divisor) modulo `modulo`. */
interface ClockPart {
  readonly divisor: number;
  readonly modulo: number;
}

export const hourKernel: VectorKernel = (call) => partOfClock(call, { divisor: 3600, modulo: 24 });
export const minuteKernel: VectorKernel = (call) => partOfClock(call, { divisor: 60, modulo: 60 });
export const secondKernel: VectorKernel = (call) => partOfClock(call, { divisor: 1, modulo: 60 });

function partOfClock({ args, expression, length, rows }: VectorCall, { divisor, modulo }: ClockPart): Column {
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const instants = instantsOf(args[0]);
  const values = allocateInt32(length);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    values[row] = Math.floor(secondOfDayAt(instants, row) / divisor) % modulo;
  }
  return { layout: "int32", type: expression.type, length, ...validity, values };
}
