import type { Target } from "./binary-columns.js";
import { constantInteger } from "./constant-argument.js";
import { checkedInt32, checkedInt64, fuseStrict } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { type ColumnFunction, type Fuse, type KernelCall, strictKernel } from "./kernel.js";
import { laneOf } from "./lane.js";
import { roundHalfUp } from "./round-half-up.js";
import { overflow } from "./row-failure.js";
import { float64Unary, int32Unary, int64Unary } from "./unary-columns.js";

/** round(number, places): halves go away from zero; negative places round before the point. */
export const round = strictKernel(compile, fuse);

function placesOf({ constants }: KernelCall): number {
  return constantInteger(constants[1]) ?? 0;
}

function compile(call: KernelCall): ColumnFunction {
  const places = placesOf(call);
  const { kind } = call.types[0];
  if (kind === "float64") return float64Unary((values, to) => roundDoubles(values, places, to))(call);
  if (places >= 0) return (input) => input.column(0);
  if (kind === "int32") return int32Unary((values, to) => roundInt32(values, places, to))(call);
  return int64Unary((values, to) => roundInt64(values, places, to))(call);
}

function roundDoubles(values: Float64Array, places: number, { out, rows: { sel, count } }: Target<Float64Array>): void {
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    out[row] = roundHalfUp(values[row], places);
  }
}

function roundInt32(values: Int32Array, places: number, { out, rows: { sel, count } }: Target<Int32Array>): void {
  const unit = 10 ** -places;
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    const rounded = roundInteger(values[row], unit);
    if (rounded !== (rounded | 0)) throw overflow(row, `round(${values[row]}, ${places}) does not fit into an int`);
    out[row] = rounded;
  }
}

function roundInt64(values: BigInt64Array, places: number, { out, rows: { sel, count } }: Target<BigInt64Array>): void {
  const unit = bigUnit(places);
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    const rounded = roundBig(values[row], unit);
    if (rounded !== BigInt.asIntN(64, rounded)) {
      throw overflow(row, `round(${values[row]}, ${places}) does not fit into a bigint`);
    }
    out[row] = rounded;
  }
}

/** `unit` is a power of ten; above 10^10 every int32 rounds to 0. */
function roundInteger(value: number, unit: number): number {
  const rounded = Math.floor(Math.abs(value) / unit + 0.5) * unit;
  return unit > 1e10 ? 0 : value < 0 ? 0 - rounded : rounded;
}

/** Above 10^20 every int64 rounds to 0. */
function bigUnit(places: number): bigint {
  return 10n ** BigInt(Math.min(20, -places));
}

function roundBig(value: bigint, unit: bigint): bigint {
  const half = unit / 2n;
  return value < 0n ? -((half - value) / unit) * unit : ((value + half) / unit) * unit;
}

function fuse(call: KernelCall): Fuse | null {
  const places = placesOf(call);
  const lane = laneOf(call.types[0]);
  if (lane === null) return null;
  if (lane !== "float64" && places >= 0) return (_writer, [arg]) => arg.emit();
  const strict = fuseStrict((code) => {
    const { writer, valid } = code;
    const value = code.args[0].code();
    if (lane === "float64") {
      return plainValue(
        lane,
        writer.local(`${writer.constant(roundHalfUp)}(${value}, ${writer.constant(places)})`),
        valid,
      );
    }
    if (lane === "int64") {
      return checkedInt64(code, `${writer.constant(roundBig)}(${value}, ${writer.constant(bigUnit(places))})`);
    }
    return checkedInt32(code, `${writer.constant(roundInteger)}(${value}, ${writer.constant(10 ** -places)})`);
  });
  return (writer, [number]) => strict(writer, [number]);
}
