import { allocateFloat64, allocateInt32, allocateInt64 } from "../../columnar/buffers.js";
import type { Target } from "./binary-columns.js";
import type { ColumnFunction, KernelCall } from "./kernel.js";
import { columnAs, noNulls } from "./lane-column.js";

/** A loop over one array, into one of the same class. */
export type UnaryLoop<A> = (a: A, to: Target<A>) => void;

type Compile = (call: KernelCall) => ColumnFunction;

export function int32Unary(loop: UnaryLoop<Int32Array>): Compile {
  return ({ type }) =>
    (input) => {
      const out = allocateInt32(input.length);
      loop(columnAs(input.column(0), "int32").values, { out, rows: input.rows });
      return { ...noNulls(type, input.length), layout: "int32", values: out };
    };
}

export function int64Unary(loop: UnaryLoop<BigInt64Array>): Compile {
  return ({ type }) =>
    (input) => {
      const out = allocateInt64(input.length);
      loop(columnAs(input.column(0), "int64").values, { out, rows: input.rows });
      return { ...noNulls(type, input.length), layout: "int64", values: out };
    };
}

export function float64Unary(loop: UnaryLoop<Float64Array>): Compile {
  return ({ type }) =>
    (input) => {
      const out = allocateFloat64(input.length);
      loop(columnAs(input.column(0), "float64").values, { out, rows: input.rows });
      return { ...noNulls(type, input.length), layout: "float64", values: out };
    };
}
