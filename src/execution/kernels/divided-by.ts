import { float64Binary, type Target } from "./binary-columns.js";
import { fuseBinary } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { strictKernel } from "./kernel.js";
import { divideByZero } from "./row-failure.js";

/** Always float64. A zero divisor fails, as in Spark's ANSI mode; NaN and infinities divide as IEEE 754 says. */
export const dividedBy = strictKernel(
  float64Binary(divideFloat64),
  fuseBinary({
    float64: ({ writer, valid, a, b, isNonZero }) => {
      if (!isNonZero) writer.failIf(`${b} === 0`, valid);
      return plainValue("float64", writer.local(`${a} / ${b}`), valid);
    },
  }),
);

function divideFloat64(a: Float64Array, b: Float64Array, { out, rows: { sel, count } }: Target<Float64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    if (b[i] === 0) throw divideByZero(i, `${a[i]} is divided by 0`);
    out[i] = a[i] / b[i];
  }
}
