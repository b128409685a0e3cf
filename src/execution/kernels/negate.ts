import { byNumberType, type Target } from "./binary-columns.js";
import { checkedInt32, checkedInt64, fuseUnary } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { strictKernel } from "./kernel.js";
import { overflow } from "./row-failure.js";
import { float64Unary, int32Unary, int64Unary } from "./unary-columns.js";

export const negate = strictKernel(
  byNumberType({
    int32: int32Unary(negateInt32),
    int64: int64Unary(negateInt64),
    float64: float64Unary(negateFloat64),
  }),
  fuseUnary({
    int32: (code) => checkedInt32(code, `-${code.value.code()}`),
    int64: (code) => checkedInt64(code, `-${code.value.code()}`),
    float64: ({ writer, valid, value }) => plainValue("float64", writer.local(`-${value.code()}`), valid),
  }),
);

function negateInt32(a: Int32Array, { out, rows: { sel, count } }: Target<Int32Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    if (a[i] === -0x8000_0000) throw overflow(i, `-(${a[i]}) does not fit into an int`);
    out[i] = -a[i];
  }
}

function negateInt64(a: BigInt64Array, { out, rows: { sel, count } }: Target<BigInt64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const negative = -a[i];
    if (negative !== BigInt.asIntN(64, negative)) throw overflow(i, `-(${a[i]}) does not fit into a bigint`);
    out[i] = negative;
  }
}

function negateFloat64(a: Float64Array, { out, rows: { sel, count } }: Target<Float64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = -a[i];
  }
}
