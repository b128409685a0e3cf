import { byNumberType, float64Binary, int32Binary, int64Binary, type Target } from "./binary-columns.js";
import { checkedInt32, checkedInt64, fuseBinary } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { strictKernel } from "./kernel.js";
import { overflow } from "./row-failure.js";

export const times = strictKernel(
  byNumberType({
    int32: int32Binary(multiplyInt32),
    int64: int64Binary(multiplyInt64),
    float64: float64Binary(multiplyFloat64),
  }),
  fuseBinary({
    int32: (code) => checkedInt32(code, `${code.a} * ${code.b}`),
    int64: (code) => checkedInt64(code, `${code.a} * ${code.b}`),
    float64: ({ writer, valid, a, b }) => plainValue("float64", writer.local(`${a} * ${b}`), valid),
  }),
);

function multiplyInt32(a: Int32Array, b: Int32Array, { out, rows: { sel, count } }: Target<Int32Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const product = a[i] * b[i];
    if (product !== (product | 0)) throw overflow(i, `${a[i]} * ${b[i]} does not fit into an int`);
    out[i] = product;
  }
}

function multiplyInt64(a: BigInt64Array, b: BigInt64Array, { out, rows: { sel, count } }: Target<BigInt64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const product = a[i] * b[i];
    if (product !== BigInt.asIntN(64, product)) throw overflow(i, `${a[i]} * ${b[i]} does not fit into a bigint`);
    out[i] = product;
  }
}

function multiplyFloat64(a: Float64Array, b: Float64Array, { out, rows: { sel, count } }: Target<Float64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = a[i] * b[i];
  }
}
