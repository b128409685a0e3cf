import { allocateInt64 } from "../../columnar/buffers.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { instantsOf } from "./instant-values.js";
import type { VectorKernel } from "./vector-kernel.js";

/** windowTime(window): the last instant inside, end - 1 us. */
export const windowTimeKernel: VectorKernel = ({ args, expression, length, rows }) => {
  const [window] = args;
  const end = window.layout === "struct" ? window.children[1] : window;
  const validity = argumentValidity([window, end], length);
  if (validity === null) return nullColumn(expression.type, length);
  const ends = instantsOf(end).values;
  const values = allocateInt64(length);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    values[row] = ends[row] - 1n;
  }
  return { layout: "int64", type: expression.type, length, ...validity, values };
};
