import { allocateBytes, allocateFloat64, allocateInt32, allocateInt64 } from "../../columnar/buffers.js";
import type { ColumnFunction, KernelCall } from "./kernel.js";
import { boolColumn, columnAs, noNulls } from "./lane-column.js";
import type { Rows } from "./rows.js";

/** Where a loop writes, and for which rows. */
export interface Target<A> {
  readonly out: A;
  readonly rows: Rows;
}

/** A loop over two arrays of one class. Each is a function of its own, so that it only ever meets that class. */
export type BinaryLoop<A, O = A> = (a: A, b: A, to: Target<O>) => void;

type Compile = (call: KernelCall) => ColumnFunction;

export function int32Binary(loop: BinaryLoop<Int32Array>): Compile {
  return ({ type }) =>
    (input) => {
      const out = allocateInt32(input.length);
      loop(columnAs(input.column(0), "int32").values, columnAs(input.column(1), "int32").values, {
        out,
        rows: input.rows,
      });
      return { ...noNulls(type, input.length), layout: "int32", values: out };
    };
}

export function int64Binary(loop: BinaryLoop<BigInt64Array>): Compile {
  return ({ type }) =>
    (input) => {
      const out = allocateInt64(input.length);
      loop(columnAs(input.column(0), "int64").values, columnAs(input.column(1), "int64").values, {
        out,
        rows: input.rows,
      });
      return { ...noNulls(type, input.length), layout: "int64", values: out };
    };
}

export function float64Binary(loop: BinaryLoop<Float64Array>): Compile {
  return ({ type }) =>
    (input) => {
      const out = allocateFloat64(input.length);
      const [a, b] = [columnAs(input.column(0), "float64"), columnAs(input.column(1), "float64")];
      loop(a.values, b.values, { out, rows: input.rows });
      return { ...noNulls(type, input.length), layout: "float64", values: out };
    };
}

/** Comparisons: bytes 0 and 1 from two columns of lane `lane`. */
export function testColumns<L extends "bool" | "int32" | "int64" | "float64">(
  lane: L,
  loop: BinaryLoop<LaneArrays[L], Uint8Array>,
): Compile {
  return () => (input) => {
    const out = allocateBytes(input.length);
    const a = columnAs(input.column(0), lane).values as LaneArrays[L];
    const b = columnAs(input.column(1), lane).values as LaneArrays[L];
    loop(a, b, { out, rows: input.rows });
    return boolColumn(out, input.length);
  };
}

interface LaneArrays {
  bool: Uint8Array;
  int32: Int32Array;
  int64: BigInt64Array;
  float64: Float64Array;
}

/** Picks the loop by the type of the first argument; arithmetic has three. */
export function byNumberType(loops: Readonly<Record<"int32" | "int64" | "float64", Compile>>): Compile {
  return (call) => {
    const { kind } = call.types[0];
    if (kind !== "int32" && kind !== "int64" && kind !== "float64") {
      throw new Error(`Broken invariant: arithmetic over ${kind}`);
    }
    return loops[kind](call);
  };
}
