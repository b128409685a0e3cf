import { allocateFloat64, allocateInt32, allocateInt64 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { type ColumnFunction, type KernelCall, type KernelInput, strictKernel } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { overflow } from "./row-failure.js";

/** The greatest whole number that is not above; doubles become int64. */
export const floor = strictKernel((call) => wholeNumbers(call, Math.floor, "floor"));

/** The least whole number that is not below; doubles become int64. */
export const ceil = strictKernel((call) => wholeNumbers(call, Math.ceil, "ceil"));

/** round(x, places): halves go away from zero; negative places round before the point. */
export const round = strictKernel((call) => roundTo(call, Number(call.constants[1]?.value ?? 0)));

const INT64_LIMIT = 2 ** 63;

/** Whole numbers are already whole. */
function wholeNumbers({ types, type }: KernelCall, whole: (value: number) => number, name: string): ColumnFunction {
  if (types[0].kind !== "float64") return (input) => input.column(0);
  return (input) => {
    const { values } = columnAs(input.column(0), "float64");
    const out = allocateInt64(input.length);
    eachRow(input, (i) => {
      const result = whole(values[i]);
      if (!(result >= -INT64_LIMIT && result < INT64_LIMIT)) throw overflow(i, `${name}(${values[i]}) does not fit into a bigint`);
      out[i] = BigInt(result);
    });
    return { layout: "int64", type, length: input.length, nullCount: 0, validity: null, values: out };
  };
}

function roundTo({ types, type }: KernelCall, places: number): ColumnFunction {
  return (input) => {
    const source = input.column(0);
    switch (types[0].kind) {
      case "float64":
        return roundedDoubles(input, columnAs(source, "float64").values, { places, type });
      case "int32":
        return places >= 0 ? source : roundedInt32(input, columnAs(source, "int32").values, { places, type });
      default:
        return places >= 0 ? source : roundedInt64(input, columnAs(source, "int64").values, { places, type });
    }
  };
}

interface Rounding {
  readonly places: number;
  readonly type: Column["type"];
}

function roundedDoubles(input: KernelInput, values: Float64Array, { places, type }: Rounding): Column {
  const out = allocateFloat64(input.length);
  eachRow(input, (i) => {
    out[i] = roundHalfUp(values[i], places);
  });
  return { layout: "float64", type, length: input.length, nullCount: 0, validity: null, values: out };
}

/** On the shortest decimal form, as Spark's BigDecimal does: round(2.675, 2) = 2.68. */
function roundHalfUp(value: number, places: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const shifted = shiftDecimal(Math.abs(value), places);
  if (!Number.isFinite(shifted) || shifted >= 2 ** 53) return value;
  const whole = Math.floor(shifted);
  const rounded = shiftDecimal(shifted - whole >= 0.5 ? whole + 1 : whole, -places);
  return value < 0 ? -rounded : rounded;
}

function shiftDecimal(value: number, places: number): number {
  const [digits, exponent = "0"] = String(value).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}

function roundedInt32(input: KernelInput, values: Int32Array, { places, type }: Rounding): Column {
  const out = allocateInt32(input.length);
  eachRow(input, (i) => {
    const rounded = roundInteger(BigInt(values[i]), places);
    if (rounded !== BigInt.asIntN(32, rounded)) throw overflow(i, `round(${values[i]}, ${places}) does not fit into an int`);
    out[i] = Number(rounded);
  });
  return { layout: "int32", type, length: input.length, nullCount: 0, validity: null, values: out };
}

function roundedInt64(input: KernelInput, values: BigInt64Array, { places, type }: Rounding): Column {
  const out = allocateInt64(input.length);
  eachRow(input, (i) => {
    const rounded = roundInteger(values[i], places);
    if (rounded !== BigInt.asIntN(64, rounded)) throw overflow(i, `round(${values[i]}, ${places}) does not fit into a bigint`);
    out[i] = rounded;
  });
  return { layout: "int64", type, length: input.length, nullCount: 0, validity: null, values: out };
}

function roundInteger(value: bigint, places: number): bigint {
  const unit = 10n ** BigInt(-places);
  const size = value < 0n ? -value : value;
  const rounded = ((size + unit / 2n) / unit) * unit;
  return value < 0n ? -rounded : rounded;
}

function eachRow({ rows: { sel, count } }: KernelInput, visit: (row: number) => void): void {
  for (let j = 0; j < count; j++) visit(sel === null ? j : sel[j]);
}
