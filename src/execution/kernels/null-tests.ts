import { allocateBytes } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { plainValue } from "./fused-value.js";
import { type Kernel, lazyKernel, type RowEvaluator } from "./kernel.js";
import { laneOf } from "./lane.js";
import { boolColumn, columnAs } from "./lane-column.js";

export const isNull = lazyKernel((_call, [value]) => nullTest(value, 1), fuseNullTest("0"));
export const isNotNull = lazyKernel((_call, [value]) => nullTest(value, 0), fuseNullTest("1"));

/** Never NULL: NULL is not NaN. */
export const isNotANumber = lazyKernel(
  (_call, [value]) => ({
    evaluate(batch, rows) {
      const column = value.evaluate(batch, rows);
      const out = allocateBytes(batch.length);
      if (column.layout === "null") return boolColumn(out, batch.length);
      const { values, validity } = columnAs(column, "float64");
      for (let i = 0; i < batch.length; i++) {
        out[i] = Number.isNaN(values[i]) && (validity === null || validity[i] === 1) ? 1 : 0;
      }
      return boolColumn(out, batch.length);
    },
  }),
  ({ types }) => {
    if (types[0].kind !== "float64") return null;
    return (writer, [arg]) => {
      const { code, valid } = arg.emit();
      const value = writer.local(code());
      const isNaNCode = `${value} !== ${value}`;
      return plainValue("bool", valid === null ? `(${isNaNCode})` : `(${valid} === 1 && ${isNaNCode})`, null);
    };
  },
);

function nullTest(value: RowEvaluator, ofNull: number): RowEvaluator {
  return { evaluate: (batch, rows) => isNullColumn(value.evaluate(batch, rows), ofNull) };
}

function isNullColumn({ layout, validity, length }: Column, ofNull: number): Column {
  const out = allocateBytes(length);
  if (layout === "null" || validity === null) out.fill(layout === "null" ? ofNull : ofNull ^ 1);
  else for (let i = 0; i < length; i++) out[i] = validity[i] ^ ofNull;
  return boolColumn(out, length);
}

function fuseNullTest(wanted: "0" | "1"): NonNullable<Kernel["fuse"]> {
  return ({ types }) => {
    if (laneOf(types[0]) === null) return null;
    return (_writer, [arg]) => {
      const { valid } = arg.emit();
      return plainValue(
        "bool",
        valid === null ? (wanted === "1" ? "true" : "false") : `(${valid} === ${wanted})`,
        null,
      );
    };
  };
}
