import { byNumberType, float64Binary, int32Binary, int64Binary, type Target } from "./binary-columns.js";
import { type BinaryArguments, fuseBinary } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { strictKernel } from "./kernel.js";
import { divideByZero } from "./row-failure.js";

/** The remainder has the sign of the dividend, as in Java; a zero divisor fails for floats too. */
export const mod = strictKernel(
  byNumberType({ int32: int32Binary(modInt32), int64: int64Binary(modInt64), float64: float64Binary(modFloat64) }),
  fuseBinary({
    int32: (code) => {
      refuseZero(code, "0");
      return plainValue("int32", code.writer.local(`(${code.a} % ${code.b}) | 0`), code.valid);
    },
    int64: (code) => {
      refuseZero(code, "0n");
      // A NULL may hide a zero, and a remainder by it would throw.
      const divisor =
        code.isNonZero || code.valid === null ? code.b : code.writer.local(`${code.b} === 0n ? 1n : ${code.b}`);
      return code.writer.bigValue(code.writer.local(`${code.a} % ${divisor}`), code.valid);
    },
    float64: (code) => {
      refuseZero(code, "0");
      return plainValue("float64", code.writer.local(`${code.a} % ${code.b}`), code.valid);
    },
  }),
);

function refuseZero({ writer, valid, b, isNonZero }: BinaryArguments, zero: string): void {
  if (!isNonZero) writer.failIf(`${b} === ${zero}`, valid);
}

function modInt32(a: Int32Array, b: Int32Array, { out, rows: { sel, count } }: Target<Int32Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    if (b[i] === 0) throw divideByZero(i, `${a[i]} % 0 has no remainder`);
    out[i] = a[i] % b[i];
  }
}

function modInt64(a: BigInt64Array, b: BigInt64Array, { out, rows: { sel, count } }: Target<BigInt64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    if (b[i] === 0n) throw divideByZero(i, `${a[i]} % 0 has no remainder`);
    out[i] = a[i] % b[i];
  }
}

function modFloat64(a: Float64Array, b: Float64Array, { out, rows: { sel, count } }: Target<Float64Array>): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    if (b[i] === 0) throw divideByZero(i, `${a[i]} % 0 has no remainder`);
    out[i] = a[i] % b[i];
  }
}
