import { int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { type CastCall, CastRun } from "./cast-call.js";
import { withNullsOf } from "./combine-nulls.js";
import { nearestAt, writeExact } from "./exact-int64.js";
import type { ColumnFunction } from "./kernel.js";
import { laneOf } from "./lane.js";
import { columnAs, newLaneColumn } from "./lane-column.js";
import type { Rows } from "./rows.js";

const INT64_END = 2 ** 63;

/** Casts among booleans and numbers, a pass each. */
export function castNumbers(call: CastCall): ColumnFunction {
  const pass = PASSES[`${call.from.kind}>${call.to.kind}`];
  if (pass === undefined) throw new Error(`Broken invariant: no cast from ${call.from.kind} to ${call.to.kind}`);
  return (input) => {
    const run = new CastRun(call, input);
    const out = newLaneColumn(laneOf(call.to) ?? "bool", call.to, input.length);
    pass(run.source, out, run);
    return withNullsOf(out, run.refusals.validity());
  };
}

type Pass = (from: Column, to: Column, run: CastRun) => void;

const PASSES: Readonly<Record<string, Pass | undefined>> = {
  "bool>int32": (a, out, { input }) =>
    bytesToInt32(columnAs(a, "bool").values, columnAs(out, "int32").values, input.rows),
  "bool>int64": (a, out, { input }) =>
    bytesToInt64(columnAs(a, "bool").values, columnAs(out, "int64").values, input.rows),
  "bool>float64": (a, out, { input }) =>
    bytesToDouble(columnAs(a, "bool").values, columnAs(out, "float64").values, input.rows),
  "int32>int64": (a, out, { input }) =>
    int32ToInt64(columnAs(a, "int32").values, columnAs(out, "int64").values, input.rows),
  "int32>float64": (a, out, { input }) =>
    int32ToDouble(columnAs(a, "int32").values, columnAs(out, "float64").values, input.rows),
  "int32>bool": (a, out, { input }) =>
    int32ToBytes(columnAs(a, "int32").values, columnAs(out, "bool").values, input.rows),
  "int64>int32": (a, out, run) => int64ToInt32(columnAs(a, "int64").values, columnAs(out, "int32").values, run),
  "int64>float64": (a, out, { input }) =>
    int64ToDouble(columnAs(a, "int64").values, columnAs(out, "float64").values, input.rows),
  "int64>bool": (a, out, { input }) =>
    int64ToBytes(columnAs(a, "int64").values, columnAs(out, "bool").values, input.rows),
  "float64>int32": (a, out, run) => doubleToInt32(columnAs(a, "float64").values, columnAs(out, "int32").values, run),
  "float64>int64": (a, out, run) => doubleToInt64(columnAs(a, "float64").values, columnAs(out, "int64").values, run),
  "float64>bool": (a, out, { input }) =>
    doubleToBytes(columnAs(a, "float64").values, columnAs(out, "bool").values, input.rows),
};

function bytesToInt32(a: Uint8Array, out: Int32Array, { sel, count }: Rows): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = a[i];
  }
}

function bytesToInt64(a: Uint8Array, out: BigInt64Array, { sel, count }: Rows): void {
  const halves = int32Halves(out);
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    halves[2 * i] = a[i];
  }
}

function bytesToDouble(a: Uint8Array, out: Float64Array, { sel, count }: Rows): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = a[i];
  }
}

function int32ToInt64(a: Int32Array, out: BigInt64Array, { sel, count }: Rows): void {
  const halves = int32Halves(out);
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    halves[2 * i] = a[i];
    halves[2 * i + 1] = a[i] >> 31;
  }
}

function int32ToDouble(a: Int32Array, out: Float64Array, { sel, count }: Rows): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = a[i];
  }
}

function int32ToBytes(a: Int32Array, out: Uint8Array, { sel, count }: Rows): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = a[i] === 0 ? 0 : 1;
  }
}

function int64ToInt32(a: BigInt64Array, out: Int32Array, run: CastRun): void {
  const halves = int32Halves(a);
  const { sel, count } = run.input.rows;
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const low = halves[2 * i];
    if (halves[2 * i + 1] !== low >> 31) run.refuse(i);
    out[i] = low;
  }
}

function int64ToDouble(a: BigInt64Array, out: Float64Array, { sel, count }: Rows): void {
  const halves = int32Halves(a);
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = nearestAt(halves, i);
  }
}

function int64ToBytes(a: BigInt64Array, out: Uint8Array, { sel, count }: Rows): void {
  const halves = int32Halves(a);
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = (halves[2 * i] | halves[2 * i + 1]) === 0 ? 0 : 1;
  }
}

function doubleToInt32(a: Float64Array, out: Int32Array, run: CastRun): void {
  const { sel, count } = run.input.rows;
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const whole = Math.trunc(a[i]);
    if (!(whole >= -0x8000_0000 && whole <= 0x7fff_ffff)) run.refuse(i);
    out[i] = whole;
  }
}

function doubleToInt64(a: Float64Array, out: BigInt64Array, run: CastRun): void {
  const halves = int32Halves(out);
  const { sel, count } = run.input.rows;
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const whole = Math.trunc(a[i]);
    if (whole >= -INT64_END && whole < INT64_END) writeExact(halves, i, whole);
    else run.refuse(i);
  }
}

/** NaN is TRUE, as in Spark: it is not 0. */
function doubleToBytes(a: Float64Array, out: Uint8Array, { sel, count }: Rows): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = a[i] === 0 ? 0 : 1;
  }
}
