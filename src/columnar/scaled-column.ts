import { allocateInt64, int32Halves } from "./buffers.js";
import type { Int64Column, ScaledValues } from "./column.js";

/** Products below this, as the bits that the high half of any factor's counterpart may have beyond its sign. */
const LARGEST_HIGH = 0x10_0000;

/** A column without NULLs whose values are multiplied when somebody reads them: event times are mostly looked at in the source's unit. */
export function scaledColumn(type: Int64Column["type"], length: number, scaled: ScaledValues): Int64Column {
  let values: BigInt64Array | null = null;
  return {
    layout: "int64",
    type,
    length,
    nullCount: 0,
    validity: null,
    scaled,
    get values() {
      values ??= productsOf(scaled);
      return values;
    },
  };
}

/** What the values of a column are made of, where all rows have one: a column that has been given NULLs since is read by its values. */
export function scaledOf({ scaled, validity }: Int64Column): ScaledValues | null {
  return validity === null ? (scaled ?? null) : null;
}

/** Every product lies where doubles are exact. */
export function canScale({ source, factor }: ScaledValues): boolean {
  const halves = int32Halves(source);
  let bits = 0;
  for (let from = 0; from < halves.length; from += BLOCK)
    bits |= highBits(halves, from, Math.min(from + BLOCK, halves.length));
  return (bits + 1) * factor < LARGEST_HIGH;
}

/** Small enough that the loop is compiled as a function that is called often; one long loop would start anew in the interpreter each time. */
const BLOCK = 8192;

/** Bits that the high half of any value has beyond its sign. */
function highBits(halves: Int32Array, from: number, to: number): number {
  let bits = 0;
  for (let at = from + 1; at < to; at += 2) bits |= halves[at] ^ (halves[at] >> 31);
  return bits;
}

/** By 32-bit halves: the high half of a product is that of the factor's times the high half, and what the low half carries over. */
function productsOf({ source, factor }: ScaledValues): BigInt64Array {
  const out = allocateInt64(source.length);
  const from = int32Halves(source);
  const to = int32Halves(out);
  const carry = factor / 0x1_0000_0000;
  for (let at = 0; at < from.length; at += 2) {
    const low = from[at];
    to[at] = Math.imul(low, factor);
    to[at + 1] = Math.imul(from[at + 1], factor) + (((low >>> 0) * carry) | 0);
  }
  return out;
}
