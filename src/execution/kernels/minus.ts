import { byNumberType, float64Binary, int32Binary, int64Binary, type Target } from "./binary-columns.js";
import { checkedInt32, checkedInt64, fuseBinary } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { strictKernel } from "./kernel.js";
import { overflow } from "./row-failure.js";

export const minus = strictKernel(
  byNumberType({
    int32: int32Binary(subtractInt32),
    int64: int64Binary(subtractInt64),
    float64: float64Binary(subtractFloat64),
  }),
  fuseBinary({
    int32: (code) => checkedInt32(code, `${code.a} - ${code.b}`),
    int64: (code) => checkedInt64(code, `${code.a} - ${code.b}`),
    float64: ({ writer, valid, a, b }) => plainValue("float64", writer.local(`${a} - ${b}`), valid),
  }),
);

function subtractInt32(a: Int32Array, b: Int32Array, { out, rows: { sel, count } }: Target<Int32Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const difference = a[i] - b[i];
    if (difference !== (difference | 0)) throw overflow(i, `${a[i]} - ${b[i]} does not fit into an int`);
    out[i] = difference;
  }
}

function subtractInt64(a: BigInt64Array, b: BigInt64Array, { out, rows: { sel, count } }: Target<BigInt64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const difference = a[i] - b[i];
    if (difference !== BigInt.asIntN(64, difference)) throw overflow(i, `${a[i]} - ${b[i]} does not fit into a bigint`);
    out[i] = difference;
  }
}

function subtractFloat64(a: Float64Array, b: Float64Array, { out, rows: { sel, count } }: Target<Float64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = a[i] - b[i];
  }
}
