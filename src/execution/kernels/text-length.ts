import { allocateInt32 } from "../../columnar/buffers.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { codePoints } from "./code-points.js";
import { oncePerEntry } from "./once-per-entry.js";
import { textView } from "./text-view.js";
import type { VectorKernel } from "./vector-kernel.js";

/** length(text): code points. */
export const lengthKernel: VectorKernel = oncePerEntry(({ args, expression, length, rows }) => {
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const { bytes, offsets, indices } = textView(args[0]);
  const values = allocateInt32(length);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    const entry = indices === null ? row : indices[row];
    values[row] = codePoints(bytes, offsets[entry], offsets[entry + 1]);
  }
  return { layout: "int32", type: expression.type, length, ...validity, values };
});
