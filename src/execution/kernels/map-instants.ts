import { allocateInt64, int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { instantsOf, isExact, microsAt, writeMicros } from "./instant-values.js";
import type { VectorCall } from "./vector-kernel.js";

/** A function from microseconds to microseconds, in both forms; `near` gets and gives whole numbers of at most 2^53. */
export interface InstantMap {
  readonly near: (micros: number) => number;
  readonly far: (micros: bigint) => bigint;
}

/** Maps the timestamps of argument `index`. Results of `near` beyond 2^53 are taken from `far`. */
export function mapInstants(call: VectorCall, index: number, { near, far }: InstantMap): Column {
  const { args, expression, length, rows } = call;
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const instants = instantsOf(args[index]);
  const values = allocateInt64(length);
  const halves = int32Halves(values);
  const valid = validity.validity;
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    if (valid !== null && valid[row] === 0) continue;
    const mapped = isExact(instants.halves, row) ? near(microsAt(instants.halves, row)) : Number.NaN;
    if (Number.isSafeInteger(mapped)) writeMicros(halves, row, mapped);
    else values[row] = far(instants.values[row]);
  }
  return { layout: "int64", type: expression.type, length, ...validity, values };
}
