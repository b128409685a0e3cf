import { allocateInt32 } from "../../columnar/buffers.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import type { VectorKernel } from "./vector-kernel.js";

/** size(list): its elements, NULLs included; NULL has no size. */
export const sizeKernel: VectorKernel = ({ args, expression, length, rows }) => {
  const [column] = args;
  const validity = argumentValidity(args, length);
  if (validity === null || column.layout !== "list") return nullColumn(expression.type, length);
  const { offsets } = column;
  const values = allocateInt32(length);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    values[row] = offsets[row + 1] - offsets[row];
  }
  return { layout: "int32", type: expression.type, length, ...validity, values };
};
