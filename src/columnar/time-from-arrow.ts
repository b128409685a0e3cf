import { FormatError } from "../common/millrace-error.js";
import { viewInt32, viewInt64 } from "./arrow-buffers.js";
import type { ArrowDataShape } from "./arrow-shape.js";
import { allocateInt32, allocateInt64, int32Halves } from "./buffers.js";
import type { Int64Column } from "./column.js";
import { canScale, scaledColumn } from "./scaled-column.js";

const SECOND = 0;
const MILLISECOND = 1;
const NANOSECOND = 3;
const MS_PER_DAY = 86_400_000n;

/** Milliseconds become the day they fall in. */
export function daysFromArrow(data: ArrowDataShape): Int32Array {
  if (data.type.unit !== MILLISECOND) return viewInt32(data.values, data.length);
  const millis = viewInt64(data.values, data.length);
  const days = allocateInt32(data.length);
  for (let i = 0; i < days.length; i++) days[i] = Number(floorDivide(millis[i], MS_PER_DAY));
  return days;
}

/** Fewer rows are multiplied at once: a column that does it on demand costs more. */
const FEW_ROWS = 256;

/** Timestamps of any unit as a column of microseconds. */
export function timesFromArrow(
  data: ArrowDataShape,
  column: Omit<Int64Column, "layout" | "values">,
  path: string,
): Int64Column {
  const { type, length, validity } = column;
  if (data.type.unit === MILLISECOND && validity === null && length > FEW_ROWS) {
    const scaled = { source: viewInt64(data.values, length), factor: 1000 };
    if (canScale(scaled)) return scaledColumn(type, length, scaled);
  }
  return { ...column, layout: "int64", values: microsFromArrow(data, validity, path) };
}

/** Seconds and milliseconds are multiplied; nanoseconds lose what is below a microsecond, always downwards. */
function microsFromArrow(data: ArrowDataShape, validity: Uint8Array | null, path: string): BigInt64Array {
  const values = viewInt64(data.values, data.length);
  switch (data.type.unit) {
    case SECOND:
      return multiplied(values, 1_000_000n, { validity, path });
    case MILLISECOND:
      return multiplied(values, 1_000n, { validity, path });
    case NANOSECOND:
      return flooredThousandth(values);
    default:
      return values;
  }
}

function multiplied(
  values: BigInt64Array,
  factor: bigint,
  place: { validity: Uint8Array | null; path: string },
): BigInt64Array {
  const out = allocateInt64(values.length);
  if (multiplyNarrow(values, Number(factor), out)) return out;
  const limit = (2n ** 63n - 1n) / factor;
  for (let i = 0; i < out.length; i++) {
    const value = values[i];
    if (value <= limit && value >= -limit) out[i] = value * factor;
    else if (place.validity === null || place.validity[i] === 1) throw outOfRange(place.path, i);
  }
  return out;
}

/**
 * The products by 32-bit halves, a fraction of the time of bigints, where all of them surely fit: the high half of a
 * product is that of the factor's times the high half, and what the low half carries over. False, with nothing to keep
 * in `out`, where one may not. The ranges are judged once, by the bits that any high half has beyond its sign.
 */
function multiplyNarrow(values: BigInt64Array, factor: number, out: BigInt64Array): boolean {
  const from = int32Halves(values);
  const to = int32Halves(out);
  const carry = factor / 0x1_0000_0000;
  let bits = 0;
  for (let at = 0; at < from.length; at += 2) {
    const low = from[at];
    const high = from[at + 1];
    bits |= high ^ (high >> 31);
    to[at] = Math.imul(low, factor);
    to[at + 1] = Math.imul(high, factor) + (((low >>> 0) * carry) | 0);
  }
  return bits < Math.floor(0x8000_0000 / factor);
}

function outOfRange(path: string, row: number): FormatError {
  return new FormatError(
    "TIMESTAMP_RANGE",
    `Row ${row} of column '${path}' is a timestamp that 64 bits of microseconds cannot hold.`,
    {
      hint: "Timestamps reach from the year -290308 to 294247.",
    },
  );
}

function flooredThousandth(values: BigInt64Array): BigInt64Array {
  const out = allocateInt64(values.length);
  for (let i = 0; i < out.length; i++) out[i] = floorDivide(values[i], 1000n);
  return out;
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return quotient * divisor > value ? quotient - 1n : quotient;
}
