import { byNumberType, type Target } from "./binary-columns.js";
import { checkedInt32, checkedInt64, fuseUnary } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { strictKernel } from "./kernel.js";
import { overflow } from "./row-failure.js";
import { float64Unary, int32Unary, int64Unary } from "./unary-columns.js";

/** The least integer has no absolute value: that fails. */
export const abs = strictKernel(
  byNumberType({ int32: int32Unary(absInt32), int64: int64Unary(absInt64), float64: float64Unary(absFloat64) }),
  fuseUnary({
    int32: (code) => checkedInt32(code, `Math.abs(${code.value.code()})`),
    int64: (code) => {
      const value = code.value.code();
      return checkedInt64(code, `${value} < 0n ? -${value} : ${value}`);
    },
    float64: ({ writer, valid, value }) => plainValue("float64", writer.local(`Math.abs(${value.code()})`), valid),
  }),
);

function absInt32(a: Int32Array, { out, rows: { sel, count } }: Target<Int32Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    if (a[i] === -0x8000_0000) throw overflow(i, `abs(${a[i]}) does not fit into an int`);
    out[i] = Math.abs(a[i]);
  }
}

function absInt64(a: BigInt64Array, { out, rows: { sel, count } }: Target<BigInt64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const size = a[i] < 0n ? -a[i] : a[i];
    if (size !== BigInt.asIntN(64, size)) throw overflow(i, `abs(${a[i]}) does not fit into a bigint`);
    out[i] = size;
  }
}

function absFloat64(a: Float64Array, { out, rows: { sel, count } }: Target<Float64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = Math.abs(a[i]);
  }
}
